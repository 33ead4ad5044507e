import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { compressionAlgorithms, status } from '@grpc/grpc-js'
import type { CollectorLimits } from '@whodid/collector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectGrpc, logsPath, metricsPath, tracesPath } from '../harness/grpc-client.ts'
import type { GrpcAnswer, GrpcCall, GrpcClient } from '../harness/grpc-client.ts'
import {
  memoryStore,
  spanProtobuf,
  startMemoryCollector,
  token,
} from '../harness/memory-collector.ts'
import type { MemoryCollector, MemoryStore } from '../harness/memory-collector.ts'

let collector: MemoryCollector
let client: GrpcClient

beforeAll(async () => {
  collector = await startMemoryCollector()
  client = connectGrpc(collector.grpcAddress)
})

afterAll(async () => {
  client.close()
  await collector.remove()
})

/** A collector of its own, gone after the test. */
async function withCollector(
  limits: Partial<CollectorLimits>,
  test: (own: MemoryCollector, client: GrpcClient, store: MemoryStore) => Promise<void>,
): Promise<void> {
  const store = memoryStore()
  const own = await startMemoryCollector(limits, store)
  const ownClient = connectGrpc(own.grpcAddress)
  try {
    await test(own, ownClient, store)
  } finally {
    ownClient.close()
    await own.remove()
  }
}

const retryInfo = 'type.googleapis.com/google.rpc.RetryInfo'
const badRequest = 'type.googleapis.com/google.rpc.BadRequest'

/** A call as it goes over the wire, for what a client library does not let one send. */
async function rawCall(
  headers: Readonly<Record<string, string>>,
  frame: Buffer,
  path = tracesPath,
): Promise<Record<string, unknown>> {
  const session: ClientHttp2Session = connectHttp2(collector.grpcUrl ?? '')
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    authorization: `Bearer ${token}`,
    ...headers,
  })
  const answer: Record<string, unknown> = {}
  stream.on('response', (got) => void Object.assign(answer, got))
  stream.on('trailers', (got) => void Object.assign(answer, got))
  stream.on('error', () => {})
  stream.resume()
  stream.end(frame)
  await once(stream, 'close')
  session.destroy()
  return answer
}

function frameOf(message: Buffer, isPacked = false): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(isPacked ? 1 : 0, 0)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

describe('OTLP/gRPC, what is accepted', () => {
  it.each([tracesPath, logsPath])('an empty request on %s', async (path) => {
    const answer = await client.call({ path, body: Buffer.alloc(0) })
    expect([answer.code, answer.body.length]).toEqual([status.OK, 0])
  })

  it('a span, durable when the answer comes, and once however often it is sent', async () => {
    const before = collector.metrics()
    const body = spanProtobuf()
    expect(await client.call({ body })).toMatchObject({ code: 0, body: Buffer.alloc(0) })
    expect(await client.call({ body })).toMatchObject({ code: 0 })
    const after = collector.metrics()
    expect(after.recordsLogged - before.recordsLogged).toBe(1)
    expect(after.recordsDuplicate - before.recordsDuplicate).toBe(1)
    expect(after.requests - before.requests).toBe(2)
  })

  it('the token in any case of its scheme, as HTTP takes it', async () => {
    const answer = await client.call({
      body: spanProtobuf(),
      metadata: { Authorization: `bearer ${token}` },
    })
    expect(answer.code).toBe(0)
  })

  it('a packed message', async () => {
    const packing = connectGrpc(collector.grpcAddress, {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    })
    const logged = collector.metrics().recordsLogged
    expect(await packing.call({ body: spanProtobuf(10_000) })).toMatchObject({ code: 0 })
    packing.close()
    expect(collector.metrics().recordsLogged).toBe(logged + 1)
  })

  it('a bad span beside a good one: OK, the good one kept, the bad one told', async () => {
    const logged = collector.metrics().recordsLogged
    const bad = Buffer.from('0a0912071205' + '0a03010203', 'hex')
    const answer = await client.call({ body: Buffer.concat([spanProtobuf(), bad]) })
    expect(answer.code).toBe(0)
    // ExportTraceServiceResponse: 1 partial_success of 1 rejected, 2 message.
    expect(answer.body.subarray(0, 1).toString('hex')).toBe('0a')
    expect(answer.body.subarray(2, 4).toString('hex')).toBe('0801')
    expect(answer.body.toString()).toContain('"traceId" expected 32 hex digits')
    expect(collector.metrics().recordsLogged).toBe(logged + 1)
  })

  it('many calls at once on one connection', async () => {
    const logged = collector.metrics().recordsLogged
    const calls = Array.from({ length: 200 }, () => client.call({ body: spanProtobuf(2_000) }))
    const answers = await Promise.all(calls)
    expect(answers.every(({ code }) => code === 0)).toBe(true)
    expect(collector.metrics().recordsLogged).toBe(logged + 200)
    expect(collector.metrics().requestsInFlight).toBe(0)
  })
})

describe('OTLP/gRPC, what is refused', () => {
  it.each<[string, GrpcCall, number, string]>([
    ['no token', { body: spanProtobuf(), metadata: {} }, status.UNAUTHENTICATED, ''],
    [
      'another token',
      { body: spanProtobuf(), metadata: { authorization: 'Bearer nobody' } },
      status.UNAUTHENTICATED,
      '',
    ],
    ['metrics', { path: metricsPath, body: Buffer.alloc(0) }, status.UNIMPLEMENTED, ''],
    [
      'another method',
      { path: tracesPath.replace('Export', 'Import'), body: Buffer.alloc(0) },
      status.UNIMPLEMENTED,
      '',
    ],
    [
      'bytes that are no message',
      { body: Buffer.from('{"resourceSpans":[]}') },
      status.INVALID_ARGUMENT,
      badRequest,
    ],
  ])('%s', async (...[, call, code, detail]) => {
    const answer = await client.call(call)
    expect(answer.code).toBe(code)
    expect(answer.statusDetails.toString()).toContain(detail)
    expect(answer.statusDetails.toString()).not.toContain(retryInfo)
    // google.rpc.Status: 1 code, 2 message; the library's own UNIMPLEMENTED has none.
    if (code !== status.UNIMPLEMENTED) {
      expect([...answer.statusDetails.subarray(0, 3)]).toEqual([0x08, code, 0x12])
      expect(answer.details).toMatch(/^[a-z_]+: /u)
    }
  })

  it.each([
    ['bytes that are no gzip', { 'grpc-encoding': 'gzip' }, frameOf(Buffer.from('no'), true), 3],
    [
      'a gzip that is cut',
      { 'grpc-encoding': 'gzip' },
      frameOf(gzipSync(spanProtobuf(9_000)).subarray(0, 30), true),
      3,
    ],
    [
      'a packing it does not know',
      { 'grpc-encoding': 'zstd' },
      frameOf(Buffer.from('no'), true),
      status.UNIMPLEMENTED,
    ],
    ['a deadline out of form', { 'grpc-timeout': 'soon' }, frameOf(spanProtobuf()), 3],
    ['no message at all', {}, Buffer.alloc(0), status.UNIMPLEMENTED],
  ])('%s, never with INTERNAL', async (_, headers, frame, code) => {
    const answer = await rawCall(headers, frame)
    expect(Number(answer['grpc-status'])).toBe(code)
    expect(collector.metrics().requestsInFlight).toBe(0)
  })

  it('another content type', async () => {
    const answer = await rawCall({ 'content-type': 'application/json' }, frameOf(spanProtobuf()))
    expect(answer[':status']).toBe(415)
  })

  it('two messages in one call', async () => {
    const two = Buffer.concat([frameOf(spanProtobuf()), frameOf(spanProtobuf())])
    const answer = await rawCall({}, two)
    expect(Number(answer['grpc-status'])).toBe(status.UNIMPLEMENTED)
    expect(collector.metrics().requestsInFlight).toBe(0)
  })

  it('a message cut off by the end of its call', async () => {
    const answer = await rawCall({}, frameOf(spanProtobuf()).subarray(0, 20))
    expect(Number(answer['grpc-status'])).toBeGreaterThan(0)
    expect(Number(answer['grpc-status'])).not.toBe(status.INTERNAL)
    expect(collector.metrics().requestsInFlight).toBe(0)
  })

  it('what is not HTTP/2 at all, and goes on', async () => {
    const socket = connect(collector.grpcPort ?? 0, '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(100))
    await once(socket, 'close')
    expect((await client.call({ body: spanProtobuf() })).code).toBe(0)
  })
})

describe('OTLP/gRPC, under its bounds', () => {
  it('too large as it comes, or unpacked: RESOURCE_EXHAUSTED without RetryInfo', async () => {
    await withCollector({ bodyBytesMax: 100_000 }, async (own, plain) => {
      const packing = connectGrpc(own.grpcAddress, {
        'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
      })
      for (const caller of [plain, packing]) {
        const answer: GrpcAnswer = await caller.call({ body: spanProtobuf(200_000) })
        expect(answer.code).toBe(status.RESOURCE_EXHAUSTED)
        expect(answer.details).toContain('body_too_large')
        expect(answer.statusDetails.toString()).not.toContain(retryInfo)
        expect((await caller.call({ body: spanProtobuf(50_000) })).code).toBe(0)
      }
      packing.close()
      expect(own.metrics()).toMatchObject({ refusals: { body_too_large: 2 }, recordsLogged: 2 })
    })
  })

  it('more than the default of gRPC, 4 MiB', async () => {
    expect((await client.call({ body: spanProtobuf(8 * 1024 * 1024) })).code).toBe(0)
  })

  it('too many elements: RESOURCE_EXHAUSTED', async () => {
    await withCollector({ elementsMax: 10 }, async (_, own) => {
      const answer = await own.call({
        body: Buffer.concat(Array.from({ length: 20 }, () => spanProtobuf())),
      })
      expect(answer.code).toBe(status.RESOURCE_EXHAUSTED)
    })
  })

  it('a full log: UNAVAILABLE with RetryInfo while ClickHouse is down, OK again when it is back', async () => {
    await withCollector({ logBytesMax: 5_000, retryDelayMaxMs: 50 }, async (own, caller, store) => {
      store.isDown = true
      const answers: GrpcAnswer[] = []
      // How many spans fill the log is the log's own business; that it stays full is not.
      for (let index = 0; index < 50; index += 1)
        answers.push(await caller.call({ body: spanProtobuf() }))
      const codes = answers.map(({ code }) => code)
      const taken = codes.indexOf(14)
      expect(taken).toBeGreaterThan(0)
      expect(codes).toEqual(codes.map((_, index) => (index < taken ? 0 : 14)))
      // RetryInfo: 1 retry_delay, a Duration of 1 seconds: 10.
      expect(answers.at(-1)?.statusDetails.toString('hex')).toContain(
        `${Buffer.from(retryInfo).toString('hex')}12040a02080a`,
      )
      store.isDown = false
      await own.stored()
      expect((await caller.call({ body: spanProtobuf() })).code).toBe(0)
    })
  })

  it('more calls at once than the bound: UNAVAILABLE with RetryInfo for the rest', async () => {
    await withCollector({ requestsInFlightMax: 2 }, async (own, caller) => {
      const calls = Array.from({ length: 20 }, () => caller.call({ body: spanProtobuf() }))
      const answers = await Promise.all(calls)
      const refused = answers.filter(({ code }) => code !== 0)
      expect(refused.length).toBeGreaterThan(0)
      expect(refused.length).toBeLessThan(20)
      for (const { code, statusDetails } of refused) {
        expect(code).toBe(status.UNAVAILABLE)
        expect(statusDetails.toString()).toContain(retryInfo)
      }
      expect(own.metrics()).toMatchObject({
        requests: 20,
        requestsInFlight: 0,
        refusals: { too_many_requests: refused.length },
      })
    })
  })

  it('one place to read in: calls take turns, and one that never sends its message gives it up', async () => {
    const limits = {
      bodyBytesMax: 10_000,
      bodyBytesInFlightMax: 10_000,
      headersTimeoutMs: 3_000,
      messageTimeoutMs: 3_000,
    }
    await withCollector(limits, async (own, caller) => {
      const session = connectHttp2(own.grpcUrl ?? '')
      const stalled = session.request({
        ':method': 'POST',
        ':path': tracesPath,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization: `Bearer ${token}`,
      })
      const told = once(stalled, 'response') as Promise<[Record<string, unknown>]>
      stalled.resume()
      stalled.write(Buffer.from([0, 0]))
      await sleep(50)
      const waiting = Array.from({ length: 5 }, () => caller.call({ body: spanProtobuf(1_000) }))
      const [[headers], ...answers] = await Promise.all([told, ...waiting])
      expect(headers['grpc-status']).toBe('14')
      expect(answers.every(({ code }) => code === 0 || code === 14)).toBe(true)
      expect((await caller.call({ body: spanProtobuf(1_000) })).code).toBe(0)
      expect(own.metrics().requestsInFlight).toBe(0)
      session.destroy()
    })
  })

  it('senders that go away in the middle leave nothing behind', async () => {
    const abandon = async (): Promise<void> => {
      const session = connectHttp2(collector.grpcUrl ?? '')
      session.on('error', () => {})
      const stream = session.request({
        ':method': 'POST',
        ':path': tracesPath,
        'content-type': 'application/grpc',
        te: 'trailers',
        authorization: `Bearer ${token}`,
      })
      stream.on('error', () => {})
      stream.write(frameOf(spanProtobuf(9_000)).subarray(0, 4_000))
      await sleep(20)
      session.destroy()
    }
    await Promise.all(Array.from({ length: 30 }, abandon))
    expect((await client.call({ body: spanProtobuf() })).code).toBe(0)
    await expect.poll(() => collector.metrics().requestsInFlight).toBe(0)
  })

  it('more connections than the bound are closed as they open', async () => {
    await withCollector({ connectionsMax: 2 }, async (own) => {
      const sockets = Array.from({ length: 6 }, () => connect(own.grpcPort ?? 0, '127.0.0.1'))
      for (const socket of sockets) socket.on('error', () => {}).resume()
      await expect.poll(() => own.metrics().connectionsDropped).toBe(4)
      for (const socket of sockets) socket.destroy()
    })
  })

  it('a deadline of the sender’s is kept', async () => {
    await withCollector({}, async (_, own) => {
      const answer = await own.call({ body: spanProtobuf(), timeoutMs: 60_000 })
      expect(answer.code).toBe(0)
    })
  })

  it('a stop answers what is under way and refuses what comes after', async () => {
    const own = await startMemoryCollector()
    const caller = connectGrpc(own.grpcAddress)
    const calls = Array.from({ length: 20 }, () => caller.call({ body: spanProtobuf(1_000) }))
    await calls[0]
    await own.stop()
    const answers = await Promise.all(calls)
    const stored = answers.filter(({ code }) => code === 0).length
    expect(own.metrics().recordsLogged).toBeGreaterThanOrEqual(stored)
    expect(answers.every(({ code }) => code === 0 || code === status.UNAVAILABLE)).toBe(true)
    expect((await caller.call({ body: spanProtobuf() })).code).toBe(status.UNAVAILABLE)
    caller.close()
    await own.remove()
  })
})
