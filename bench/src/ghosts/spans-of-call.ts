import { createHash } from 'node:crypto'
import type { EmitterName } from './world-act.ts'

/** A tool call of an agent. */
export interface Call {
  readonly traceId: string
  readonly spanId: string
  readonly atMs: number
  readonly agent: string
  readonly instance: string
  readonly person: string
  readonly token: string
  readonly resource: string
  readonly verb: string
  readonly toolCall: string
}

type Attributes = Readonly<Record<string, string>>

/** The attributes of a tool call, in the words of each kind of telemetry. Only the first knows the thing and the credential. */
const attributesOf: Readonly<Record<EmitterName, (call: Call) => Attributes>> = {
  whodid: (call) => ({
    'whodid.record.kind': 'tool_call',
    'whodid.actor.type': 'agent',
    'gen_ai.agent.id': call.agent,
    'whodid.agent.instance.id': call.instance,
    'whodid.delegator.id': call.person,
    'whodid.delegator.type': 'human',
    'gen_ai.tool.name': 'act',
    'gen_ai.tool.call.id': call.toolCall,
    'whodid.action.verb': call.verb,
    'whodid.action.outcome': 'success',
    'whodid.resource.id': call.resource,
    'whodid.credential.id': `sha256:${createHash('sha256').update(call.token).digest('hex').slice(0, 32)}`,
  }),
  'claude-code': (call) => ({
    'span.name': 'claude_code.tool.execution',
    'session.id': call.instance,
    'user.email': call.person,
    tool_name: 'Bash',
    success: 'true',
  }),
  'semantic-conventions': (call) => ({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.agent.name': call.agent,
    'gen_ai.agent.id': call.agent,
    'gen_ai.conversation.id': call.instance,
    'gen_ai.tool.name': 'act',
    'gen_ai.tool.call.id': call.toolCall,
  }),
  openinference: (call) => ({
    'openinference.span.kind': 'TOOL',
    'session.id': call.instance,
    'user.id': call.person,
    'agent.name': call.agent,
    'tool.name': 'act',
  }),
  'ai-sdk': (call) => ({
    'operation.name': `ai.toolCall ${call.agent}`,
    'ai.operationId': 'ai.toolCall',
    'ai.telemetry.functionId': call.agent,
    'ai.toolCall.name': 'act',
    'ai.toolCall.id': call.toolCall,
  }),
  traceloop: (call) => ({
    'traceloop.span.kind': 'tool',
    'traceloop.workflow.name': call.agent,
    'traceloop.entity.name': 'act',
  }),
}

const scopeOf: Readonly<Record<EmitterName, string>> = {
  whodid: '@whodid/sdk',
  'claude-code': 'com.anthropic.claude_code.tracing',
  'semantic-conventions': 'agent',
  openinference: '@arizeai/openinference-instrumentation-openai',
  'ai-sdk': 'ai',
  traceloop: '@traceloop/instrumentation-openai',
}

/** Returns the resource spans of a call, as one kind of telemetry has it. */
export function spansOf(emitter: EmitterName, call: Call): object {
  const attributes = attributesOf[emitter](call)
  const startedNs = BigInt(call.atMs - 200) * 1_000_000n
  const span = {
    traceId: call.traceId,
    spanId: call.spanId,
    name: attributes['span.name'] ?? 'execute_tool act',
    kind: 1,
    startTimeUnixNano: String(startedNs),
    endTimeUnixNano: String(startedNs + 400_000_000n),
    attributes: encode(attributes),
    status: { code: 1 },
  }
  return {
    resource: {
      attributes: encode({
        'service.name': emitter === 'claude-code' ? 'claude-code' : call.agent,
      }),
    },
    scopeSpans: [{ scope: { name: scopeOf[emitter] }, spans: [span] }],
  }
}

/** Returns the resource spans of what a person did, as an application that uses the SDK records it. */
export function spansOfPerson(call: Call): object {
  const own = attributesOf.whodid(call)
  const attributes = Object.fromEntries(
    Object.entries(own).filter(([key]) => !key.includes('agent') && !key.includes('delegator')),
  )
  const startedNs = BigInt(call.atMs - 200) * 1_000_000n
  return {
    resource: { attributes: encode({ 'service.name': 'portal' }) },
    scopeSpans: [
      {
        scope: { name: '@whodid/sdk' },
        spans: [
          {
            traceId: call.traceId,
            spanId: call.spanId,
            name: 'act',
            kind: 1,
            startTimeUnixNano: String(startedNs),
            endTimeUnixNano: String(startedNs + 400_000_000n),
            attributes: encode({
              ...attributes,
              'whodid.actor.type': 'human',
              'user.id': call.person,
            }),
          },
        ],
      },
    ],
  }
}

function encode(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }))
}
