import protobuf from 'protobufjs/minimal.js'
import { describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { finishRecord } from '../normalize/finish-record.ts'
import { normalize } from '../normalize/normalize.ts'
import type { Refused } from '../normalize/normalize.ts'
import { redact } from '../normalize/redact.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import { decode } from './decode.ts'
import type { OtlpEncoding, OtlpSignal } from './decode.ts'

// A value that is none costs the attribute it is in, counted; a span or log record that cannot be read costs itself. In
// both encodings, at every place that has attributes.

const exporter: IngestClient = {
  name: 'laptop',
  tenant: 'acme',
  tokenSha256: '',
  templates: '*',
  humans: true,
  services: true,
}

interface Taken extends Refused {
  readonly records: readonly { name: string; droppedCount: number; json: string }[]
}

function take(bytes: Buffer | string, encoding: OtlpEncoding, signal: OtlpSignal): Taken {
  const body = { bytes: Buffer.from(bytes), encoding, signal, limits: collectorLimits }
  const records: { name: string; droppedCount: number; json: string }[] = []
  const refused = normalize(decode(body), { client: exporter, receivedUnixNs: 5n }, (draft) => {
    const record = finishRecord(redact(draft))
    const { name, droppedCount, attributes, resourceAttributes, events, links, detail } = record
    const json = [attributes, resourceAttributes, events, links, detail].join(' ')
    records.push({ name, droppedCount, json })
  })
  return { ...refused, records }
}

const ids = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }

const badJson: readonly (readonly [string, string])[] = [
  ['an integer past 64 bits, as a number', '{"intValue":100000000000000000000}'],
  ['the same as text', '{"intValue":"100000000000000000000"}'],
  ['2^63', '{"intValue":"9223372036854775808"}'],
  ['one below −2^63', '{"intValue":-9223372036854775809}'],
  ['an exponent, as text', '{"intValue":"1e21"}'],
  ['an exponent, as a number', '{"intValue":1e21}'],
  ['an integer that JSON reads as infinite', '{"intValue":1e999}'],
  ['an integer with a fraction', '{"intValue":1.5}'],
  ['an integer that is NaN', '{"intValue":NaN}'],
  ['an integer that is text', '{"intValue":"seven"}'],
  ['an integer that is a list', '{"intValue":[1]}'],
  ['a flag that is text', '{"boolValue":"true"}'],
  ['a flag that is a number', '{"boolValue":1}'],
  ['a double that is text', '{"doubleValue":"much"}'],
  ['text that is a number', '{"stringValue":5}'],
  ['text that is an object', '{"stringValue":{"a":1}}'],
  ['bytes that are no base64', '{"bytesValue":"%%%"}'],
  ['a value that is no object', '"bare"'],
  ['a value that is a list', '[1]'],
  ['a list that is none', '{"arrayValue":{"values":7}}'],
  ['a list that is bare', '{"arrayValue":[1]}'],
  ['a list with one bad value', '{"arrayValue":{"values":[{"intValue":1},{"intValue":"1e30"}]}}'],
  ['a list of bare values', '{"arrayValue":{"values":[1,2]}}'],
  ['a map with one bad value', '{"kvlistValue":{"values":[{"key":"a","value":{"intValue":{}}}]}}'],
  ['a map whose list is none', '{"kvlistValue":{"values":{"a":1}}}'],
  ['a map with a key that is none', '{"kvlistValue":{"values":[{"key":1,"value":{}}]}}'],
  ['40 levels', nestedJson(40)],
  ['20,000 levels', nestedJson(20_000)],
  [
    'a bad value 20 levels down',
    '{"arrayValue":{"values":['.repeat(20) + '{"boolValue":3}' + ']}}'.repeat(20),
  ],
]

function nestedJson(levels: number): string {
  return `${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":1}${']}}'.repeat(levels)}`
}

/** `place` has the good attribute `kept` and one that cannot be read. */
function requestJson(place: string, bad: string): { body: string; signal: OtlpSignal } {
  const good = '{"key":"kept","value":{"intValue":"41"}}'
  const both = `"attributes":[${good},{"key":"bad","value":${bad}},{"key":"after","value":{"intValue":42}}]`
  const at = (name: string): string => (name === place ? both : `"attributes":[${good}]`)
  const head = `"resource":{${at('resource')}}`
  const scope = `"scope":{"name":"s",${at('scope')}}`
  if (place === 'log record' || place === 'body') {
    const body = place === 'body' ? `"body":${bad},` : ''
    const log = `{"timeUnixNano":"1","eventName":"op",${body}${at('log record')}}`
    return {
      signal: 'logs',
      body: `{"resourceLogs":[{${head},"scopeLogs":[{${scope},"logRecords":[${log}]}]}]}`,
    }
  }
  const event = `"events":[{"name":"e","timeUnixNano":"1",${at('event')}}]`
  const link = `"links":[{"traceId":"${ids.traceId}","spanId":"${ids.spanId}",${at('link')}}]`
  const span = `{"traceId":"${ids.traceId}","spanId":"${ids.spanId}","name":"op","startTimeUnixNano":"1",${at('span')},${event},${link}}`
  return {
    signal: 'spans',
    body: `{"resourceSpans":[{${head},"scopeSpans":[{${scope},"spans":[${span}]}]}]}`,
  }
}

const places = ['resource', 'scope', 'span', 'event', 'link', 'log record'] as const

describe('a value that is none, in JSON', () => {
  for (const place of [...places, 'body'] as const)
    it.each(badJson)(`of a ${place}: %s`, (_, bad) => {
      const { body, signal } = requestJson(place, bad)
      const { records, count, unreadPartCount, message } = take(body, 'json', signal)
      expect(count).toBe(0)
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({ name: 'op', droppedCount: 1 })
      expect(unreadPartCount).toBe(1)
      expect(message).toContain('1 attributes, events or links could not be read')
      expect(records[0]?.json).not.toContain('"bad"')
      // A scope's own attributes have no column.
      if (place !== 'scope' && place !== 'body') {
        expect(records[0]?.json).toContain('"kept":41')
        expect(records[0]?.json).toContain('"after":42')
      }
    })

  it('takes an integer written with an exponent, and a double that JSON lacks', () => {
    const json = ['{"intValue":"12e2"}', '{"doubleValue":NaN}', '{"doubleValue":-Infinity}']
    for (const value of json) {
      const { body, signal } = requestJson('span', value)
      expect(take(body, 'json', signal)).toMatchObject({ unreadPartCount: 0, count: 0 })
    }
    const { body } = requestJson('span', '{"doubleValue":-Infinity}')
    expect(take(body, 'json', 'spans').records[0]?.json).toContain('"bad":"-Infinity"')
    // Within a text they stay what they are.
    const text = requestJson('span', '{"stringValue":"a NaN, an -Infinity"}')
    expect(take(text.body, 'json', 'spans').records[0]?.json).toContain('a NaN, an -Infinity')
  })

  it.each([
    ['a list of attributes that is none', '"attributes":{"a":1}'],
    ['an attribute that is none', '"attributes":["a=b"]'],
    ['an attribute without an object', '"attributes":[null]'],
    ['a key that is no text', '"attributes":[{"key":1,"value":{}}]'],
    ['an event that is none', '"events":["e"]'],
    ['an event whose time is none', '"events":[{"timeUnixNano":"now"}]'],
    ['a link that is none', '"links":[{"traceId":5}]'],
  ])('%s costs itself', (_, fields) => {
    const span = `{"traceId":"${ids.traceId}","spanId":"${ids.spanId}","name":"op","startTimeUnixNano":"1",${fields}}`
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`
    const { records, unreadPartCount } = take(body, 'json', 'spans')
    expect(records).toMatchObject([{ name: 'op', droppedCount: 1 }])
    expect(unreadPartCount).toBe(1)
  })

  it.each([
    ['a name that is no text', '"name":5', 'spans[1]: "name" expected a string; got 5'],
    ['an enum by its name', '"kind":"SPAN_KIND_CLIENT"', '"kind" expected a 32-bit integer'],
    ['a time past 64 bits', '"endTimeUnixNano":"99999999999999999999"', 'unsigned 64-bit'],
    ['a list of events that is none', '"events":7', '"events" expected an array'],
  ])('%s costs its span, the others are taken', (_, fields, reason) => {
    const span = (id: string, more: string): string =>
      `{"traceId":"${ids.traceId}","spanId":"${id.repeat(16)}","name":"op","startTimeUnixNano":"1"${more}}`
    const spans = [span('1', ''), span('2', `,${fields}`), span('3', ''), '5']
    const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(',')}]}]}]}`
    const { records, count, unreadCount, message } = take(body, 'json', 'spans')
    expect(records).toHaveLength(2)
    expect({ count, unreadCount }).toEqual({ count: 2, unreadCount: 2 })
    expect(message).toContain(reason)
  })

  it('a resource or a scope that is none costs itself', () => {
    const span = `{"traceId":"${ids.traceId}","spanId":"${ids.spanId}","name":"op","startTimeUnixNano":"1"}`
    const body = `{"resourceSpans":[{"resource":5,"scopeSpans":[{"scope":[],"spans":[${span}]}]}]}`
    expect(take(body, 'json', 'spans').records).toMatchObject([{ name: 'op', droppedCount: 2 }])
  })
})

type Write = (writer: protobuf.Writer) => protobuf.Writer

function message(write: Write): Buffer {
  return Buffer.from(write(protobuf.Writer.create()).finish())
}

const good = message((w) => w.uint32(0x18).int32(41))

function nested(levels: number): Buffer {
  let inner = good
  for (let level = 0; level < levels; level += 1) {
    const list = message((w) => w.uint32(0x0a).bytes(inner))
    inner = message((w) => w.uint32(0x2a).bytes(list))
  }
  return inner
}

const badProtobuf: readonly (readonly [string, Buffer])[] = [
  ['text of the wrong wire type', message((w) => w.uint32(0x08).uint32(5))],
  ['a double of the wrong wire type', message((w) => w.uint32(0x20).uint32(5))],
  ['an integer without an end', Buffer.from('18ffffffff', 'hex')],
  ['an integer of eleven bytes', Buffer.from(`18${'ff'.repeat(11)}01`, 'hex')],
  ['a length past the end', Buffer.from('0a7f61', 'hex')],
  ['half a double', Buffer.from('210000', 'hex')],
  ['a group without an end', Buffer.from('a306', 'hex')],
  ['a field of number 0', Buffer.from('0001', 'hex')],
  ['a bad value in a list', message((w) => w.uint32(0x2a).bytes(Buffer.from('0a020801', 'hex')))],
  ['a bad pair in a map', message((w) => w.uint32(0x32).bytes(Buffer.from('0a020801', 'hex')))],
  ['40 levels', nested(40)],
  ['2,000 levels', nested(2_000)],
]

function requestProtobuf(place: string, bad: Buffer): { body: Buffer; signal: OtlpSignal } {
  const pair = (key: string, value: Buffer): Buffer =>
    message((w) => w.uint32(0x0a).string(key).uint32(0x12).bytes(value))
  const attributes = (w: protobuf.Writer, tag: number, at: string): protobuf.Writer => {
    w.uint32(tag).bytes(pair('kept', good))
    if (at === place) w.uint32(tag).bytes(pair('bad', bad)).uint32(tag).bytes(pair('after', good))
    return w
  }
  const resource = message((w) => attributes(w, 0x0a, 'resource'))
  const scope = message((w) => attributes(w.uint32(0x0a).string('s'), 0x1a, 'scope'))
  const event = message((w) => attributes(w.uint32(0x12).string('e'), 0x1a, 'event'))
  const link = message((w) => attributes(w, 0x22, 'link'))
  const isLog = place === 'log record' || place === 'body'
  const item = isLog
    ? message((w) => {
        if (place === 'body') w.uint32(0x2a).bytes(bad)
        return attributes(w.uint32(0x62).string('op'), 0x32, 'log record')
      })
    : message((w) => {
        w.uint32(0x0a).bytes(Buffer.from(ids.traceId, 'hex'))
        w.uint32(0x12).bytes(Buffer.from(ids.spanId, 'hex'))
        w.uint32(0x39).fixed32(1).fixed32(0)
        w.uint32(0x5a).bytes(event).uint32(0x6a).bytes(link)
        return attributes(w, 0x4a, 'span').uint32(0x2a).string('op')
      })
  const group = message((w) => w.uint32(0x0a).bytes(scope).uint32(0x12).bytes(item))
  const whole = message((w) => w.uint32(0x0a).bytes(resource).uint32(0x12).bytes(group))
  return { body: message((w) => w.uint32(0x0a).bytes(whole)), signal: isLog ? 'logs' : 'spans' }
}

describe('a value that is none, in protobuf', () => {
  for (const place of [...places, 'body'] as const)
    it.each(badProtobuf)(`of a ${place}: %s`, (_, bad) => {
      const { body, signal } = requestProtobuf(place, bad)
      const { records, count, unreadPartCount } = take(body, 'protobuf', signal)
      expect(count).toBe(0)
      // The name stands behind the attributes: reading went on at the right place.
      expect(records).toMatchObject([{ name: 'op', droppedCount: 1 }])
      expect(unreadPartCount).toBe(1)
      expect(records[0]?.json).not.toContain('"bad"')
      if (place !== 'scope' && place !== 'body') expect(records[0]?.json).toContain('"after":41')
    })

  it('a span that cannot be read costs itself, the others are taken', () => {
    const span = (id: number, name: Write): Buffer =>
      message((w) => {
        w.uint32(0x0a).bytes(Buffer.from(ids.traceId, 'hex'))
        w.uint32(0x12).bytes(Buffer.alloc(8, id))
        return name(w.uint32(0x39).fixed32(1).fixed32(0))
      })
    const named: Write = (w) => w.uint32(0x2a).string('op')
    const items = [
      span(1, named),
      span(2, (w) => w.uint32(0x28).uint32(5)),
      span(3, (w) => w.uint32(0x5d).fixed32(5)),
      span(4, named),
    ]
    const group = message((w) => {
      for (const item of items) w.uint32(0x12).bytes(item)
      return w
    })
    const body = message((w) => w.uint32(0x0a).bytes(message((g) => g.uint32(0x12).bytes(group))))
    const { records, count, unreadCount, message: told } = take(body, 'protobuf', 'spans')
    expect(records).toHaveLength(2)
    expect({ count, unreadCount }).toEqual({ count: 2, unreadCount: 2 })
    expect(told).toContain('expected wire type 2 for "name"; got 0')
  })
})
