import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addMeta } from './add-meta.ts'

const added = { traceparent: '00-a-b-01', baggage: 'x=1' }

it.each([
  [
    '{"id":1,"params":{}}',
    '{"id":1,"params":{"_meta":{"traceparent":"00-a-b-01","baggage":"x=1"}}}',
  ],
  [
    ' { "params" : { "n" : 12345678901234567890 } } ',
    ' { "params" : {"_meta":{"traceparent":"00-a-b-01","baggage":"x=1"}, "n" : 12345678901234567890 } } ',
  ],
  [
    '{"params":{"_meta":{"baggage":"old","p":1}}}',
    '{"params":{"_meta":{"traceparent":"00-a-b-01","baggage":"x=1","p":1}}}',
  ],
  [
    '{"params":{"_meta":{"traceparent":"t","baggage":{"a":[1]}}}}',
    '{"params":{"_meta":{"traceparent":"00-a-b-01","baggage":"x=1"}}}',
  ],
  ['{"params":{"_meta":{ }}}', '{"params":{"_meta":{"traceparent":"00-a-b-01","baggage":"x=1" }}}'],
])('adds to %s', (text, expected) => {
  expect(addMeta(text, added)).toBe(expected)
})

it.each([
  ['no params', '{"id":1}'],
  ['params that are a list', '{"params":[1]}'],
  ['a _meta that is no object', '{"params":{"_meta":null}}'],
  ['two params', '{"params":{},"params":{"a":1}}'],
  ['two _meta', '{"params":{"_meta":{},"_meta":{}}}'],
])('leaves %s alone', (_what, text) => {
  expect(addMeta(text, added)).toBe(text)
})

it('changes nothing else, whatever the message', () => {
  const meta = fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined })
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      meta,
      fc.nat(3),
      (rest, _meta, indent) => {
        const params = { ...rest, ...(_meta === undefined ? {} : { _meta }) }
        if (_meta === undefined && Object.hasOwn(params, '_meta')) return
        const text = JSON.stringify({ jsonrpc: '2.0', method: 'tools/call', params }, null, indent)
        // As JSON has it: a zero below zero is none.
        const had = JSON.parse(JSON.stringify(_meta ?? {})) as object
        expect(JSON.parse(addMeta(text, added))).toEqual({
          ...(JSON.parse(text) as object),
          params: {
            ...(JSON.parse(text) as { params: object }).params,
            _meta: { ...had, ...added },
          },
        })
      },
    ),
  )
})
