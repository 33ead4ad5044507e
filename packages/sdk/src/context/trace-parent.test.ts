import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatTraceParent, parseTraceParent } from './trace-context.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const span = '00f067aa0ba902b7'

it.each([
  [`00-${trace}-${span}-01`],
  [`00-${trace}-${span}-00`],
  [` 00-${trace}-${span}-01 `],
  [`cc-${trace}-${span}-01-what-the-future-adds`],
])('parses %j', (text) => {
  expect(parseTraceParent(text)).toMatchObject({ traceId: trace, spanId: span, isRemote: true })
})

it.each([
  '',
  `ff-${trace}-${span}-01`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${trace}-${span}`,
  `00-${trace}-${span}-01x`,
])('refuses %j', (text) => {
  expect(parseTraceParent(text)).toBeUndefined()
})

it('never throws, and reads what it wrote', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseTraceParent(text)))
  const text = formatTraceParent({ traceId: trace, spanId: span, traceFlags: 0 })
  expect(text).toBe(`00-${trace}-${span}-01`)
  expect(parseTraceParent(text)?.spanId).toBe(span)
})
