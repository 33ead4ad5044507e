import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectGrpc, logsPath } from '../harness/grpc-client.ts'
import { field, sendHttp, startMemoryCollector } from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

// One value that is none is not the end of the request that it came in: by each door, in both encodings, for both signals.
// `packages/collector/src/otlp/unread.test.ts` has the values and the places.

let collector: MemoryCollector

beforeAll(async () => {
  collector = await startMemoryCollector()
})

afterAll(() => collector.remove())

/** What the collector counted while something was sent. */
async function counted(send: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = collector.metrics()
  await send()
  const after = collector.metrics()
  const names = ['recordsLogged', 'recordsRejected', 'partsUnread', 'recordsQuarantined'] as const
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]]))
}

const trace = 'ab'.repeat(16)

/** As @opentelemetry/exporter-trace-otlp-http writes two spans of which one has an integer past 64 bits. */
const spansOfJs = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'unknown_service:node' } }],
        droppedAttributesCount: 0,
      },
      scopeSpans: [
        {
          scope: { name: 't' },
          spans: (
            [
              ['00fa499772c558e0', 'delete_backup', { stringValue: 'ok' }],
              ['94e4b09c502e1093', 'other', { intValue: 100_000_000_000_000_000_000 }],
            ] as const
          ).map(([spanId, tool, value]) => ({
            traceId: trace,
            spanId,
            name: `execute_tool ${tool}`,
            kind: 1,
            startTimeUnixNano: '1795835461310000000',
            endTimeUnixNano: '1795835461310177025',
            attributes: [
              { key: 'gen_ai.operation.name', value: { stringValue: 'execute_tool' } },
              { key: 'gen_ai.tool.name', value: { stringValue: tool } },
              { key: 'wallet.wei', value },
            ],
          })),
        },
      ],
    },
  ],
}

describe('a value that is none', () => {
  it('costs its attribute: the case of OpenTelemetry JS', async () => {
    const seen = await counted(async () => {
      const answer = await sendHttp(collector, { body: JSON.stringify(spansOfJs) })
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body.toString())).toEqual({
        partialSuccess: {
          rejectedSpans: '0',
          errorMessage: expect.stringContaining('1 attributes') as string,
        },
      })
    })
    expect(seen).toMatchObject({ recordsLogged: 2, recordsRejected: 0, partsUnread: 1 })
  })

  it('of a log record, as a number and as text', async () => {
    const seen = await counted(async () => {
      const logRecords = [1e21, '1e21'].map((intValue, index) => ({
        timeUnixNano: `${index + 1}`,
        eventName: 'op',
        attributes: [{ key: 'wei', value: { intValue } }],
      }))
      const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
      expect((await sendHttp(collector, { path: '/v1/logs', body })).status).toBe(200)
    })
    expect(seen).toMatchObject({ recordsLogged: 2, recordsRejected: 0, partsUnread: 2 })
  })

  it.each([
    ['OTLP/HTTP', (body: Buffer) => byHttp(body, '/v1/traces'), spanBytes],
    ['OTLP/gRPC', (body: Buffer) => byGrpc(body), spanBytes],
    ['OTLP/HTTP, logs', (body: Buffer) => byHttp(body, '/v1/logs'), logBytes],
    ['OTLP/gRPC, logs', (body: Buffer) => byGrpc(body, logsPath), logBytes],
  ])('in protobuf, by %s', async (_, send, bytesOf) => {
    const bad = Buffer.from('0801', 'hex')
    const good = Buffer.from('1801', 'hex')
    const items = [good, bad].map((value, index) => bytesOf(value, index + 1))
    const group = Buffer.concat(items.map((item) => field(2, item)))
    const seen = await counted(async () => {
      expect((await send(field(1, field(2, group)))).toString()).toContain('could not be read')
    })
    expect(seen).toMatchObject({ recordsLogged: 2, recordsRejected: 0, partsUnread: 1 })
  })

  it.each([
    ['OTLP/HTTP', (body: Buffer) => byHttp(body, '/v1/traces')],
    ['OTLP/gRPC', (body: Buffer) => byGrpc(body)],
  ])('and what is no span costs itself, by %s', async (door, send) => {
    const good = Buffer.from('1801', 'hex')
    const span = spanBytes(good, door.length)
    // A name that is an integer.
    const broken = Buffer.concat([span, Buffer.from('2805', 'hex')])
    const group = Buffer.concat([field(2, broken), field(2, span)])
    const seen = await counted(async () => {
      expect((await send(field(1, field(2, group)))).toString()).toContain('1 rejected')
    })
    expect(seen).toMatchObject({ recordsLogged: 1, recordsRejected: 1, recordsQuarantined: 0 })
  })
})

let count = 0

function spanBytes(value: Buffer, id: number): Buffer {
  count += 1
  const pair = Buffer.concat([field(1, Buffer.from('k')), field(2, value)])
  return Buffer.concat([
    field(1, Buffer.alloc(16, 0xcd)),
    field(2, Buffer.from([count, 0, 0, 0, 0, 0, 0, id])),
    field(9, pair),
    Buffer.from('390100000000000000', 'hex'),
  ])
}

function logBytes(value: Buffer, id: number): Buffer {
  count += 1
  const pair = Buffer.concat([field(1, Buffer.from('k')), field(2, value)])
  return Buffer.concat([field(12, Buffer.from(`op.${count}.${id}`)), field(6, pair)])
}

async function byHttp(body: Buffer, path: string): Promise<Buffer> {
  const headers = { 'content-type': 'application/x-protobuf' }
  const answer = await sendHttp(collector, { path, headers, body })
  expect(answer.status).toBe(200)
  return answer.body
}

async function byGrpc(body: Buffer, path?: string): Promise<Buffer> {
  const client = connectGrpc(collector.grpcAddress)
  try {
    const answer = await client.call({ body, ...(path === undefined ? {} : { path }) })
    expect(answer.code).toBe(0)
    return answer.body
  } finally {
    client.close()
  }
}
