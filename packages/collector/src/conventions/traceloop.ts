import type { RecordKind } from '@whodid/model'
import type { Convention } from './convention.ts'
import { textOf } from './telemetry.ts'
import type { Claims, Telemetry } from './telemetry.ts'

const kinds: Readonly<Record<string, RecordKind>> = {
  workflow: 'session',
  agent: 'prompt',
  task: 'other',
  tool: 'tool_call',
}

/** OpenLLMetry (Traceloop), by `traceloop.span.kind` or its association properties. Its model calls speak `gen_ai`. */
export const traceloop: Convention = {
  name: 'traceloop',
  speaks: ({ attributes, scopeName }) =>
    attributes.has('traceloop.span.kind') || scopeName.startsWith('@traceloop/'),
  ofAgent: () => true,
  kind: ({ attributes }) => kinds[textOf(attributes, 'traceloop.span.kind')] ?? '',
  read: readTraceloop,
}

function readTraceloop({ attributes }: Telemetry, kind: RecordKind): Claims {
  return {
    toolName: kind === 'tool_call' ? textOf(attributes, 'traceloop.entity.name') : '',
    sessionId: textOf(attributes, 'traceloop.association.properties.session_id'),
    content: textOf(attributes, 'traceloop.entity.input'),
    result: textOf(attributes, 'traceloop.entity.output'),
  }
}
