import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector, CollectorLimits, CollectorOptions } from '@whodid/collector'
import { WhodidError } from '@whodid/model'
import type { AppendBatch } from '@whodid/store'

/** ClickHouse's place: takes batches, or is down. */
export interface MemoryStore {
  batches: AppendBatch[]
  isDown: boolean
  append: (batch: AppendBatch) => Promise<void>
}

/** The token of the one exporter. */
export const token = 'whodid-test-token'

/** A store that keeps what it is given. */
export function memoryStore(): MemoryStore {
  const store: MemoryStore = {
    batches: [],
    isDown: false,
    append: (batch) => {
      if (store.isDown) return Promise.reject(new WhodidError('store_unavailable', 'down'))
      store.batches.push(batch)
      return Promise.resolve()
    },
  }
  return store
}

/** A real collector with both transports, its log in a directory of its own, before a store in memory. */
export interface MemoryCollector extends Collector {
  readonly logDir: string
  readonly grpcAddress: string
  /** Stops it and removes its directory. */
  readonly remove: () => Promise<void>
}

/** Starts one on free ports. */
export async function startMemoryCollector(
  limits: Partial<CollectorLimits> = {},
  store: MemoryStore = memoryStore(),
  more: Partial<CollectorOptions> = {},
): Promise<MemoryCollector> {
  const logDir = await mkdtemp(join(tmpdir(), 'whodid-otlp-'))
  const collector = await startCollector({
    host: '127.0.0.1',
    hostCheck: 'any',
    httpPort: 0,
    grpcPort: 0,
    logDir,
    ingestClients: [
      {
        name: 'test',
        tenant: 'default',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        templates: '*',
        humans: true,
        services: true,
      },
    ],
    appender: store,
    limits: { segmentAgeMaxMs: 20, stopTimeoutMs: 5_000, ...limits },
    ...more,
  })
  return {
    ...collector,
    logDir,
    grpcAddress: `127.0.0.1:${collector.grpcPort}`,
    remove: async () => {
      await collector.stop()
      await rm(logDir, { recursive: true, force: true })
    },
  }
}

/** A response, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** A request; a header of undefined is not sent. */
export interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Buffer | string
}

/** Sends a request over HTTP with the token, as JSON unless its headers say otherwise. */
export function sendHttp(collector: Collector, what: Sent): Promise<Answer> {
  const all: Record<string, string | undefined> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...what.headers,
  }
  const headers = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${collector.url}${what.path ?? '/v1/traces'}`,
      { method: what.method ?? 'POST', headers, agent: new Agent() },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(what.body ?? '')
  })
}

let spanCount = 0

/** A request of one span that nobody sent before, in JSON. */
export function spanJson(fields: Readonly<Record<string, unknown>> = {}): string {
  spanCount += 1
  const spanId = spanCount.toString(16).padStart(16, '0')
  const span = { traceId: 'ab'.repeat(16), spanId, name: 'op', startTimeUnixNano: '1', ...fields }
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

/** The same in protobuf, its name `nameLength` long. */
export function spanProtobuf(nameLength = 2): Buffer {
  spanCount += 1
  const spanId = Buffer.alloc(8)
  spanId.writeUInt32BE(spanCount, 4)
  const span = Buffer.concat([
    field(1, Buffer.alloc(16, 0xab)),
    field(2, spanId),
    field(5, Buffer.alloc(nameLength, 'n')),
    // start_time_unix_nano, a fixed64 of 1.
    Buffer.from('390100000000000000', 'hex'),
  ])
  return field(1, field(2, field(2, span)))
}

/** A length-delimited protobuf field of a number under 16. */
export function field(number: number, content: Buffer): Buffer {
  const head = [number * 8 + 2]
  let length = content.length
  for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) + 128)
  head.push(length)
  return Buffer.concat([Buffer.from(head), content])
}
