import { connect as connectHttp2 } from 'node:http2'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tracesPath } from '../harness/grpc-client.ts'
import {
  memoryStore,
  sendHttp,
  spanJson,
  spanProtobuf,
  startMemoryCollector,
  token,
} from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

let strict: MemoryCollector
let named: MemoryCollector
let open: MemoryCollector

beforeAll(async () => {
  strict = await startMemoryCollector({}, memoryStore(), { hostCheck: 'loopback' })
  named = await startMemoryCollector({}, memoryStore(), { hostCheck: ['ledger.example'] })
  open = await startMemoryCollector({}, memoryStore(), { hostCheck: 'any' })
})

afterAll(() => Promise.all([strict, named, open].map((one) => one.remove())))

/** What a call that names this authority ends with: 0 is OK. */
async function grpcStatus(collector: MemoryCollector, authority: string): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${collector.grpcPort}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': tracesPath,
      ':authority': authority,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: `Bearer ${token}`,
    })
    const message = spanProtobuf()
    const front = Buffer.alloc(5)
    front.writeUInt32BE(message.length, 1)
    let status: unknown
    stream.on('response', (headers) => (status = headers['grpc-status'] ?? status))
    stream.on('trailers', (headers) => {
      status = headers['grpc-status'] ?? status
    })
    stream.resume()
    stream.end(Buffer.concat([front, message]))
    await once(stream, 'close')
    return String(status)
  } finally {
    session.destroy()
  }
}

describe('a Host or an :authority', () => {
  it.each([
    ['localhost', [200, 200, 200]],
    ['127.0.0.1:4318', [200, 200, 200]],
    ['ledger.example', [403, 200, 200]],
    ['LEDGER.example:443', [403, 200, 200]],
    ['evil.example', [403, 403, 200]],
    ['localhost.evil.example', [403, 403, 200]],
  ])('%s', async (host, statuses) => {
    const seen: number[] = []
    const calls: string[] = []
    for (const collector of [strict, named, open]) {
      const answer = await sendHttp(collector, { body: spanJson(), headers: { host } })
      if (answer.status === 403) expect(answer.body.toString()).toContain('WHODID_ALLOWED_HOSTS')
      seen.push(answer.status)
      calls.push(await grpcStatus(collector, host))
    }
    expect(seen).toEqual(statuses)
    // PERMISSION_DENIED
    expect(calls).toEqual(statuses.map((status) => (status === 200 ? '0' : '7')))
  })
})
