import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api'
import type { Attributes } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Subject, ToolCallShape } from './measure-blocks.ts'

/**
 * OpenTelemetry JS as one sets it up by hand: a batch processor, the OTLP/protobuf exporter, and a span a call under a
 * parent, with the attributes that Whodid's record of the call has. Nothing is hashed, numbered or looked up for it.
 */
export function bareTracer(url: string, call: ToolCallShape): Subject {
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url }), {
    scheduledDelayMillis: 3_600_000,
    maxExportBatchSize: 512,
    maxQueueSize: 8_192,
  })
  const provider = new BasicTracerProvider({ spanProcessors: [processor] })
  const tracer = provider.getTracer('bench')
  const parent = tracer.startSpan('invoke_agent support-refunds')
  const context = trace.setSpan(ROOT_CONTEXT, parent)
  let calls = 0
  return {
    name: 'bare',
    call: async () => {
      calls += 1
      const attributes = { ...standing, ...ofCall(call), 'whodid.seq': calls }
      const span = tracer.startSpan(
        `execute_tool ${call.tool}`,
        { kind: SpanKind.INTERNAL, attributes },
        context,
      )
      await call.body()
      span.setAttribute('whodid.action.outcome', 'success')
      span.end()
    },
    flush: () => processor.forceFlush(),
    stop: () => provider.shutdown(),
  }
}

/** As the SDK writes who acts on every record: values of the same form and length. */
const standing: Attributes = {
  'whodid.actor.type': 'agent',
  'gen_ai.agent.id': 'support-refunds',
  'gen_ai.agent.name': 'Refund assistant',
  'gen_ai.agent.version': '3.2.0',
  'whodid.agent.instance.id': '0196b1f4-7d2a-7c11-9d53-2f6d0c8e4b17',
  'whodid.delegator.id': 'dev@acme.example',
  'whodid.delegator.type': 'human',
  'user.id': 'dev@acme.example',
  'whodid.correlation.id': '0196b1f4-7d2a-7c11-9d53-2f6d0c8e4b18',
  'whodid.delegation.chain': ['dev@acme.example', '0196b1f4-7d2a-7c11-9d53-2f6d0c8e4b17'],
  'whodid.record.kind': 'tool_call',
  'whodid.prompt.ref': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
  'whodid.plan.ref': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8',
}

function ofCall({ tool, resource, args }: ToolCallShape): Attributes {
  return {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': tool,
    'gen_ai.tool.call.id': '0196b1f4-7d2a-7c11-9d53-2f6d0c8e4b19',
    'whodid.action.id': '0196b1f4-7d2a-7c11-9d53-2f6d0c8e4b19',
    'whodid.action.verb': 'read',
    'whodid.resource.id': resource,
    'whodid.resource.type': 'db:row',
    'whodid.tool.arguments_hash': hash,
    'whodid.tool.result_hash': hash,
    'gen_ai.tool.call.arguments': JSON.stringify(args),
    'gen_ai.tool.call.result': JSON.stringify(args),
  }
}

const hash = `sha256:${'9f86d081884c7d65'.repeat(4)}`
