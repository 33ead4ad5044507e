import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { credentials, Metadata } from '@grpc/grpc-js'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMemoryCollector, token } from '../harness/memory-collector.ts'
import type { MemoryCollector } from '../harness/memory-collector.ts'

type MakeExporter = (collector: MemoryCollector, compression: 'gzip' | 'none') => SpanExporter

const headers = { authorization: `Bearer ${token}` }
// The exporters name their compressions by an enum of a package that is theirs; its members are these strings.
const packing = (name: 'gzip' | 'none'): never => name as never

const exporters: [string, MakeExporter][] = [
  [
    'HTTP/JSON',
    ({ url }, compression) =>
      new JsonExporter({ url: `${url}/v1/traces`, headers, compression: packing(compression) }),
  ],
  [
    'HTTP/protobuf',
    ({ url }, compression) =>
      new ProtobufExporter({ url: `${url}/v1/traces`, headers, compression: packing(compression) }),
  ],
  [
    'gRPC',
    ({ grpcUrl = '' }, compression) => {
      const metadata = new Metadata()
      metadata.set('authorization', headers.authorization)
      return new GrpcExporter({
        url: grpcUrl,
        metadata,
        credentials: credentials.createInsecure(),
        compression: packing(compression),
      })
    },
  ],
]

let collector: MemoryCollector

beforeAll(async () => {
  collector = await startMemoryCollector()
})

afterAll(() => collector.remove())

async function exportOne(exporter: SpanExporter): Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const span = provider.getTracer('t').startSpan('work', { attributes: { 'a.b': 1.5, c: ['x'] } })
  span.addEvent('e', { k: true })
  span.end()
  await provider.forceFlush()
  await provider.shutdown()
}

describe('the OpenTelemetry SDK’s own exporters', () => {
  describe.each(exporters)('%s', (_, make) => {
    it.each(['none', 'gzip'] as const)('packed by %s', async (compression) => {
      const logged = collector.metrics().recordsLogged
      await exportOne(make(collector, compression))
      expect(collector.metrics().recordsLogged).toBe(logged + 1)
    })
  })

  // That of gRPC, 0.223.0, makes one attempt a batch.
  it.each(exporters.slice(0, 2))(
    '%s: comes again when there was too much at once',
    async (_, make) => {
      const busy = await startBusyCollector()
      const exporting = exportOne(make(busy, 'none'))
      await expect.poll(() => busy.metrics().refusals['too_many_requests']).toBeGreaterThan(0)
      await busy.free()
      await exporting
      expect(busy.metrics().recordsLogged).toBe(1)
      await busy.remove()
    },
  )

  it('gRPC: its caller is told UNAVAILABLE, since it never comes again by itself', async () => {
    const busy = await startBusyCollector()
    const exporter = exporters[2]?.[1](busy, 'none')
    const error = await new Promise<unknown>((resolve) =>
      exporter?.export([readableSpan()], (result) => resolve(result.error)),
    )
    expect(error).toMatchObject({
      code: 14,
      details: expect.stringMatching(/^too_many_requests: /u),
    })
    await exporter?.shutdown()
    await busy.free()
    await busy.remove()
  })
})

/** A collector whose one place for a request is held until `free`. */
async function startBusyCollector(): Promise<MemoryCollector & { free: () => Promise<void> }> {
  const busy = await startMemoryCollector({ requestsInFlightMax: 1 })
  const holder = httpRequest(`${busy.url}/v1/traces`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': '2' },
  })
  holder.write('{')
  await expect.poll(() => busy.metrics().requestsInFlight).toBe(1)
  return {
    ...busy,
    free: async () => {
      holder.end('}')
      const [response] = (await once(holder, 'response')) as [IncomingMessage]
      response.resume()
    },
  }
}

function readableSpan(): ReadableSpan {
  let ended: ReadableSpan | undefined
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: () => {},
        onEnd: (span) => (ended = span),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  })
  provider.getTracer('t').startSpan('work').end()
  if (ended === undefined) throw new Error('no span has ended')
  return ended
}
