import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { startCollector } from '@whodid/collector'
import type { CollectorLimits } from '@whodid/collector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  memoryStore,
  sendHttp,
  spanJson,
  startMemoryCollector,
  token,
} from '../harness/memory-collector.ts'
import type { Answer, MemoryCollector, MemoryStore, Sent } from '../harness/memory-collector.ts'

const vectors = new URL('../vectors/otlp/', import.meta.url)
const send = sendHttp
const started: MemoryCollector[] = []

async function start(
  store: MemoryStore,
  limits: Partial<CollectorLimits> = {},
): Promise<MemoryCollector> {
  const collector = await startMemoryCollector(limits, store)
  started.push(collector)
  return collector
}

let store: MemoryStore
let collector: MemoryCollector

beforeAll(async () => {
  store = memoryStore()
  collector = await start(store)
})

afterAll(async () => {
  for (const each of started) await each.remove()
})

describe('OTLP/HTTP, what is accepted', () => {
  it.each([
    ['application/json', '{}', '{}'],
    ['APPLICATION/JSON; charset=utf-8', '{"resourceSpans":[]}', '{}'],
    ['application/x-protobuf', '', ''],
    ['Application/X-Protobuf;v=1', '', ''],
  ])('%s with an empty request: 200, in the same encoding', async (type, body, expected) => {
    const answer = await send(collector, { headers: { 'content-type': type }, body })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe(type.toLowerCase().split(';')[0])
    expect(answer.body.toString()).toBe(expected)
  })

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['identity', (body: string) => Buffer.from(body)],
  ])('a body packed with %s', async (encoding, pack) => {
    const logged = collector.metrics().recordsLogged
    const answer = await send(collector, {
      headers: { 'content-encoding': encoding },
      body: pack(spanJson()),
    })
    expect(answer.status).toBe(200)
    expect(collector.metrics().recordsLogged).toBe(logged + 1)
  })

  it('every recorded payload, and once only however often it is sent', async () => {
    const files = (await readdir(vectors, { recursive: true })).filter((name) =>
      name.endsWith('.json'),
    )
    expect(files.length).toBeGreaterThan(15)
    for (const round of ['new', 'again'])
      for (const file of files) {
        const before = collector.metrics()
        const path = file.includes('logs') ? '/v1/logs' : '/v1/traces'
        const body = await readFile(new URL(file, vectors))
        const answer = await send(collector, { path, body })
        expect([answer.status, answer.body.toString()], file).toEqual([200, '{}'])
        const after = collector.metrics()
        const isNew = after.recordsLogged > before.recordsLogged
        expect(isNew, `${file} ${round}`).toBe(round === 'new')
      }
  })

  it('a bad span beside a good one: 200, the good one kept, the bad one told in the answer', async () => {
    const body = JSON.parse(spanJson()) as {
      resourceSpans: [{ scopeSpans: [{ spans: unknown[] }] }]
    }
    body.resourceSpans[0].scopeSpans[0].spans.push({ traceId: 'W45H', spanId: '1', name: '<b>' })
    const answer = await send(collector, { body: JSON.stringify(body) })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body.toString())).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage:
          '1 rejected: "traceId" expected 32 hex digits, not all zero; got "w45h" (kept in quarantine)',
      },
    })
    // Span: trace ID of three bytes. Answer: field 1 {1: 1, 2: message}.
    const protobuf = Buffer.from('0a0912071205' + '0a03010203', 'hex')
    const packed = await send(collector, {
      headers: { 'content-type': 'application/x-protobuf' },
      body: protobuf,
    })
    expect(packed.status).toBe(200)
    expect(packed.body.subarray(0, 1).toString('hex')).toBe('0a')
    expect(packed.body.subarray(2, 4).toString('hex')).toBe('0801')
    expect(packed.body.toString()).toContain('"traceId" expected 32 hex digits')
  })
})

describe('OTLP/HTTP, what is refused', () => {
  const proto = { 'content-type': 'application/x-protobuf' }
  it.each<[string, Sent, number, number, Record<string, string>]>([
    ['another path', { path: '/v1/metrics' }, 404, 12, {}],
    ['a name that every object has', { path: '/constructor' }, 404, 12, {}],
    ['GET', { method: 'GET' }, 405, 12, { allow: 'POST' }],
    ['PUT', { method: 'PUT' }, 405, 12, { allow: 'POST' }],
    [
      'no token',
      { headers: { authorization: undefined } },
      401,
      16,
      { 'www-authenticate': 'Bearer realm="whodid"' },
    ],
    ['another token', { headers: { authorization: 'Bearer nobody' } }, 401, 16, {}],
    ['another scheme', { headers: { authorization: `Basic ${token}` } }, 401, 16, {}],
    ['a content type that is not OTLP', { headers: { 'content-type': 'text/plain' } }, 415, 3, {}],
    ['no content type', { headers: { 'content-type': undefined } }, 415, 3, {}],
    [
      'an encoding it cannot unpack',
      { headers: { 'content-encoding': 'zstd' } },
      415,
      3,
      { 'accept-encoding': 'gzip, deflate, identity' },
    ],
    [
      'bytes that are no gzip',
      { headers: { 'content-encoding': 'gzip' }, body: 'plain' },
      400,
      3,
      {},
    ],
    [
      'a gzip that is cut',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(spanJson()).subarray(0, 40) },
      400,
      3,
      {},
    ],
    ['text that is no JSON', { body: '{' }, 400, 3, {}],
    ['an empty JSON body', { body: '' }, 400, 3, {}],
    ['a million brackets', { body: '['.repeat(1_000_000) }, 400, 3, {}],
    ['JSON sent as protobuf', { headers: proto, body: spanJson() }, 400, 3, {}],
  ])('%s', async (...[, what, status, rpc, headers]) => {
    const answer = await send(collector, what)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject(headers)
    if (what.headers?.['content-type'] === 'application/x-protobuf') {
      expect(answer.headers['content-type']).toBe('application/x-protobuf')
      expect(answer.body.subarray(0, 3).toString('hex')).toBe('080312')
    } else {
      expect(answer.headers['content-type']).toBe('application/json')
      const told = JSON.parse(answer.body.toString()) as { code: number; message: string }
      expect(told.code).toBe(rpc)
      expect(told.message).toMatch(/^[a-z_]+: /u)
    }
  })

  it('a HEAD, which has no body', async () => {
    const answer = await send(collector, { method: 'HEAD' })
    expect([answer.status, answer.headers.allow, answer.body.length]).toEqual([405, 'POST', 0])
  })

  it('a body of 100 MB, said or only sent, holding little of it', async () => {
    const body = Buffer.alloc(100 * 1024 * 1024, 0x20)
    const before = process.memoryUsage().rss
    const said = await send(collector, { body })
    expect(said.status).toBe(413)
    const sent = await send(collector, { headers: { 'transfer-encoding': 'chunked' }, body })
    expect(sent.status).toBe(413)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('a gzip bomb, holding no more of it than the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024))
    const before = process.memoryUsage().rss
    const answer = await send(collector, { headers: { 'content-encoding': 'gzip' }, body: bomb })
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 8 })
    expect(process.memoryUsage().rss - before).toBeLessThan(160 * 1024 * 1024)
  })

  it('what is not HTTP at all, and goes on', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(collector.port, '127.0.0.1', () =>
        socket.write('\u0000\u0001garbage\r\n\r\n'),
      )
      let got = ''
      socket.on('data', (chunk) => (got += chunk.toString()))
      socket.on('close', () => resolve(got))
      socket.on('error', () => resolve(got))
    })
    expect(text).toContain('400')
    expect((await send(collector, { body: '{}' })).status).toBe(200)
  })

  it('hostile text in every field, never with a 500', async () => {
    const hostile = `\u0000\u001b]0;x\u0007\u202e<script>alert(1)</script>'; DROP TABLE whodid.spans; --\ud800`
    const pair = { key: hostile, value: { stringValue: hostile } }
    const keys = [
      'whodid.record.kind',
      'gen_ai.agent.id',
      'whodid.resource.id',
      'gen_ai.input.messages',
      'user.id',
    ]
    const attributes = [pair, ...keys.map((key) => ({ key, value: { stringValue: hostile } }))]
    const body = spanJson({
      name: hostile,
      traceState: hostile,
      status: { code: 99, message: hostile },
      kind: 300,
      attributes,
      events: [{ name: hostile, timeUnixNano: '1', attributes: [pair] }],
      links: [{ traceId: hostile, spanId: hostile, attributes: [pair] }],
    })
    const answer = await send(collector, { body })
    expect([answer.status, answer.body.toString()]).toEqual([200, '{}'])
  })
})

describe('OTLP/HTTP, under its bounds', () => {
  it('a second collector on the same log is refused before it touches it, and let in when the first is gone', async () => {
    const first = await start(store)
    const { logDir } = first
    const options = { host: '127.0.0.1', httpPort: 0, logDir, ingestClients: [], appender: store }
    await expect(startCollector(options)).rejects.toMatchObject({ code: 'invalid_config' })
    await expect(startCollector({ ...options, httpPort: first.port })).rejects.toThrow()
    expect((await send(first, { body: spanJson() })).status).toBe(200)
    await first.stop()
    await (await startCollector(options)).stop()
  })

  it('a sender that never ends its head or its body is closed', async () => {
    const bounded = await start(store, { headersTimeoutMs: 300, requestTimeoutMs: 600 })
    const heads = [
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\n',
      `POST /v1/traces HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{`,
    ]
    for (const head of heads) {
      const got = await new Promise<string>((resolve) => {
        const socket = connect(bounded.port, '127.0.0.1', () => socket.write(head))
        let text = ''
        socket.on('data', (chunk) => (text += chunk.toString()))
        socket.on('close', () => resolve(text))
      })
      expect(got).toContain('408')
    }
    await bounded.stop()
  })

  it('a full log: 503 with Retry-After while ClickHouse is down, 200 again when it is back', async () => {
    const down = memoryStore()
    down.isDown = true
    const bounded = await start(down, { logBytesMax: 5_000, retryDelayMaxMs: 50 })
    const statuses: number[] = []
    let refused: Answer | undefined
    // How many spans fill the log is the log's own business; that it stays full is not.
    for (let index = 0; index < 50; index += 1) {
      const answer = await send(bounded, { body: spanJson() })
      statuses.push(answer.status)
      if (answer.status !== 200) refused = answer
    }
    const taken = statuses.indexOf(503)
    expect(taken).toBeGreaterThan(0)
    expect(statuses).toEqual(statuses.map((_, index) => (index < taken ? 200 : 503)))
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0)
    expect(JSON.parse(refused?.body.toString() ?? '')).toMatchObject({ code: 14 })
    expect(bounded.metrics()).toMatchObject({ recordsLogged: taken, recordsStored: 0 })
    down.isDown = false
    await bounded.stored()
    expect(bounded.metrics()).toMatchObject({
      recordsStored: taken,
      logBytes: 0,
      isStoreFailing: false,
    })
    expect((await send(bounded, { body: spanJson() })).status).toBe(200)
    await bounded.stop()
    const tokens = down.batches.map((batch) => batch.token)
    expect(new Set(tokens).size).toBe(tokens.length)
    expect(tokens[0]).toMatch(/^[0-9a-f]{32}:1$/u)
  })

  it('more requests at once than the bound: 429 with Retry-After for the rest', async () => {
    const bounded = await start(store, { requestsInFlightMax: 2 })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(bounded, { body: spanJson() })),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers['retry-after']).toBe('1')
    await bounded.stop()
  })
})
