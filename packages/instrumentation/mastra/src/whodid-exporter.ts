import type { ObservabilityExporter } from '@mastra/core/observability'
import { flush } from '@whodid/sdk'
import { guard } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import { SpanRecorder } from './span-recorder.ts'

/**
 * An exporter of Mastra's observability: each run of an agent is recorded, with its prompt, model calls, tool calls, their results and
 * failures, and the calls that wait for approval. An agent that another one calls is a sub-agent. It hears spans as they start, so that
 * an intent is on its way before its tool runs; it never throws, and cannot keep a tool from running: `onUnrecorded: 'block'` has no
 * effect here. What Mastra's sampling drops is not recorded.
 *
 * @example
 * new Observability({ configs: { whodid: { serviceName: 'shop', exporters: [whodidExporter()] } } })
 */
export function whodidExporter(options: IntegrationOptions = {}): ObservabilityExporter {
  const recorder = new SpanRecorder(options)
  return {
    name: 'whodid',
    exportTracingEvent: async ({ type, exportedSpan }) => {
      guard(() => {
        if (type === 'span_started') recorder.begin(exportedSpan)
        if (type === 'span_ended') recorder.end(exportedSpan)
      }, undefined)
      return Promise.resolve()
    },
    flush: async () => {
      await flush()
    },
    shutdown: async () => {
      await flush()
    },
  }
}
