import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendHttp, startMemoryCollector } from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

let collector: MemoryCollector

beforeAll(async () => {
  collector = await startMemoryCollector()
})

afterAll(() => collector.remove())

const traceId = '5b8efff798038103d269b633813fc60c'
const spanId = 'eee19b7ec3c1b174'
const span = {
  traceId,
  spanId,
  name: 'op',
  kind: 1,
  startTimeUnixNano: '1000',
  endTimeUnixNano: '2000',
}

function traces(fields: object, around: object = {}): string {
  const spans = [{ ...span, ...fields }]
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }], ...around }] })
}

function attribute(value: unknown): object {
  return { attributes: [{ key: 'k', value }] }
}

/** Sends JSON and says whether it was a span seen before, a new one, or what it was told. */
async function outcome(body: string, path = '/v1/traces'): Promise<string> {
  const before = collector.metrics()
  const answer = await sendHttp(collector, { path, body })
  if (answer.status !== 200) return `${answer.status}`
  const text = answer.body.toString()
  // Nothing was rejected, and something left out.
  if (text.includes('"rejectedSpans":"0"') && text.includes('could not be read')) return 'told'
  if (text !== '{}') return 'rejected'
  const after = collector.metrics()
  if (after.recordsLogged > before.recordsLogged) return 'new'
  return after.recordsDuplicate > before.recordsDuplicate ? 'same' : 'nothing'
}

describe('OTLP/JSON, one value written in many ways', () => {
  beforeAll(async () => {
    for (const value of [{ intValue: '9007199254740993' }, { intValue: 7 }, { doubleValue: 'NaN' }])
      expect(await outcome(traces(attribute(value)))).toBe('new')
    expect(await outcome(traces({ flags: 257 }))).toBe('new')
    expect(await outcome(traces({}))).toBe('new')
  })

  it.each([
    ['IDs in capitals', traces({ traceId: traceId.toUpperCase(), spanId: spanId.toUpperCase() })],
    ['times as numbers', traces({ startTimeUnixNano: 1000, endTimeUnixNano: 2000 })],
    ['an integer as a string', traces(attribute({ intValue: '7' }))],
    [
      'an integer past 2^53 as a number',
      traces(attribute({ intValue: '§' })).replace('"§"', '9007199254740993'),
    ],
    ['flags of the parent’s place', traces({ flags: 257 })],
    ['a double that is no number', traces(attribute({ doubleValue: 'NaN' }))],
    [
      'unknown fields, at every level',
      traces({ later: { a: [1, {}] } }, { later: null, more: [[]] }),
    ],
    [
      'names in snake case, which are unknown',
      traces({ trace_state: 'a=b', parent_span_id: 'ab' }),
    ],
    [
      'null for what is absent',
      traces({ attributes: null, status: null, parentSpanId: null, events: null }),
    ],
    ['an empty parent', traces({ parentSpanId: '' })],
    ['empty lists', traces({ attributes: [], events: [], links: [] })],
  ])('%s', async (_, body) => {
    expect(await outcome(body)).toBe('same')
  })
})

describe('OTLP/JSON, values', () => {
  const deep = (levels: number): unknown =>
    levels === 0 ? { stringValue: 'x' } : { arrayValue: { values: [deep(levels - 1)] } }
  it.each<[string, string, string]>([
    ['an empty value', traces(attribute({})), 'new'],
    ['a value of null, as an empty one', traces(attribute(null)), 'same'],
    ['no value', traces({ attributes: [{ key: 'k2' }] }), 'new'],
    ['an empty string', traces(attribute({ stringValue: '' })), 'new'],
    ['an empty array', traces(attribute({ arrayValue: {} })), 'new'],
    ['an empty map', traces(attribute({ kvlistValue: { values: [] } })), 'new'],
    ['bytes', traces(attribute({ bytesValue: 'AAEC/w==' })), 'new'],
    ['infinity', traces(attribute({ doubleValue: '-Infinity' })), 'new'],
    ['the least integer', traces(attribute({ intValue: '-9223372036854775808' })), 'new'],
    [
      'arrays within maps within arrays',
      traces(
        attribute({
          arrayValue: { values: [{ kvlistValue: { values: [{ key: 'a', value: deep(3) }] } }, {}] },
        }),
      ),
      'new',
    ],
    ['a value too deep', traces(attribute(deep(200))), 'told'],
    ['an integer that is none', traces(attribute({ intValue: 'seven' })), 'told'],
    ['an enum by its name', traces({ kind: 'SPAN_KIND_CLIENT' }), 'rejected'],
    ['an enum that is not known', traces({ kind: 42 }), 'new'],
    ['a list that is none', traces({ attributes: {} }), 'told'],
    ['an ID in base64', traces({ traceId: 'W47/95gDgQPSabYzgT/GDA==' }), 'rejected'],
    ['an ID all zero', traces({ spanId: '0'.repeat(16) }), 'rejected'],
    ['no ID', traces({ traceId: undefined }), 'rejected'],
    ['no spans', '{"resourceSpans":[{"scopeSpans":[{"spans":[]}]}]}', 'nothing'],
    ['nothing at all', '{"resourceSpans":[{}]}', 'nothing'],
    ['a list for the whole', '[]', '400'],
    ['a byte order mark', `\uFEFF${traces({ name: 'bom' })}`, '400'],
    ['half a message', traces({}).slice(0, -3), '400'],
  ])('%s', async (_, body, expected) => {
    expect(await outcome(body)).toBe(expected)
  })

  it.each([
    [
      'a trace ID out of form, which names no trace',
      { traceId: 'ab', body: { stringValue: 'a' } },
      'new',
    ],
    [
      'no time, so that of observation',
      { observedTimeUnixNano: '5', body: { stringValue: 'b' } },
      'new',
    ],
    ['an event by its name', { timeUnixNano: '5', eventName: 'gen_ai.choice' }, 'new'],
    ['a body that is a map', { timeUnixNano: 6, body: { kvlistValue: { values: [] } } }, 'new'],
    ['a severity as a number', { timeUnixNano: 7, severityNumber: 9 }, 'new'],
  ])('a log record of %s', async (_, record, expected) => {
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
    expect(await outcome(body, '/v1/logs')).toBe(expected)
  })
})

describe('google.rpc.Status', () => {
  it('of a body that cannot be read names it, in JSON', async () => {
    const answer = await sendHttp(collector, { body: '{' })
    const told = JSON.parse(answer.body.toString()) as { message: string; details: unknown }
    expect(told).toMatchObject({
      code: 3,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'body', description: told.message }],
        },
      ],
    })
  })

  it('and in protobuf, packed or not', async () => {
    const type = { 'content-type': 'application/x-protobuf' }
    for (const headers of [type, { ...type, 'content-encoding': 'gzip' }]) {
      const body = Buffer.from('ffff', 'hex')
      const packed = 'content-encoding' in headers ? gzipSync(body) : body
      const answer = await sendHttp(collector, { headers, body: packed })
      expect([answer.status, answer.headers['content-type']]).toEqual([
        400,
        'application/x-protobuf',
      ])
      expect(answer.body.subarray(0, 3).toString('hex')).toBe('080312')
      expect(answer.body.toString()).toContain('type.googleapis.com/google.rpc.BadRequest')
    }
  })
})
