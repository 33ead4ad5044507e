import { context, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { agent, shutdown, start, tool } from '@whodid/sdk'
import { afterEach, expect, it } from 'vitest'
import { startOtlpSink } from '../harness/otlp-sink.ts'

afterEach(() => {
  trace.disable()
  context.disable()
})

it.each([0, 1])('an application that samples %d of its own traces', async (ratio) => {
  const sink = await startOtlpSink()
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    sampler: new TraceIdRatioBasedSampler(ratio),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  })
  trace.setGlobalTracerProvider(provider)
  const proxy = trace.getTracerProvider()
  start({ endpoint: sink.url })
  const own = trace.getTracer('app').startSpan('app work')
  await agent({ template: 'a' }, () => tool('t', { verb: 'delete' }, () => 1))
  own.end()
  expect(trace.getTracerProvider()).toBe(proxy)
  await shutdown()
  await sink.stop()
  expect(sink.spans.map((span) => span.name).toSorted()).toEqual([
    'execute_tool t',
    'intent t',
    'session a',
    'session end a',
  ])
  expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(
    ratio === 0 ? [] : ['app work'],
  )
})

it('continues the application’s active span: same trace, and the span as parent', async () => {
  const sink = await startOtlpSink()
  const active = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  }
  // The smallest context manager there is: one context for everything.
  const held = trace.setSpanContext(context.active(), active)
  context.setGlobalContextManager({
    active: () => held,
    with: (_context, run, self, ...args) => run.call(self as never, ...args),
    bind: (_context, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  start({ endpoint: sink.url })
  await agent({ template: 'a' }, () => 1)
  await shutdown()
  await sink.stop()
  const session = sink.spans.find((span) => span.name === 'session a')
  expect(session?.links).toEqual([])
  expect(session?.parentSpanId).toBe(active.spanId)
  expect(session?.traceId).toBe(active.traceId)
})
