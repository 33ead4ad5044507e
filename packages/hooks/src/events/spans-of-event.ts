import { createHash } from 'node:crypto'
import { attribute } from '@whodid/model/attributes'
import { canonicalJson } from '@whodid/model/canonical-json'
import { redactSecrets } from '@whodid/model/redact'
import { newPlace, parseTraceParent } from '../otlp-json.ts'
import type { Attributes, SpanPlace, SpanToSend } from '../otlp-json.ts'
import type { HookEvent } from './hook-event.ts'
import { toolEffect } from './tool-effect.ts'

/** The process in which a hook runs. */
export type HookEnvironment = Readonly<Record<string, string | undefined>>

/** UTF-16 units of one text that is sent. */
const textLengthMax = 32_768

/** The identity of the agent that a hook runs in, for every record of it: of the run around it, else of the product. */
export function agentAttributes(
  product: string,
  { agentId, agentType, sessionId, person }: HookEvent,
  environment: HookEnvironment,
): Attributes {
  const said = (name: string): string => environment[name]?.trim() ?? ''
  const run = said('WHODID_RUN_INSTANCE')
  const delegator = said('WHODID_DELEGATOR') || person
  // A sub-agent is an instance below the run's; without a run, as the product's own telemetry is read.
  const instance = agentId === '' ? run : run === '' ? agentId : `${run}/${agentId}`
  return {
    [attribute.actorType]: 'agent',
    [attribute.templateId]: said('WHODID_AGENT_TEMPLATE') || product,
    [attribute.templateName]: agentType,
    [attribute.instanceId]: instance,
    [attribute.instanceParentId]: agentId === '' ? '' : run || sessionId,
    [attribute.delegatorId]: delegator,
    [attribute.delegatorType]: delegator === '' ? '' : 'human',
    [attribute.correlationId]: said('WHODID_CORRELATION_ID'),
    [attribute.sessionId]: sessionId,
  }
}

/** Makes the spans of an event; none for one that the ledger has no use for. */
export function spansOfEvent(
  product: string,
  event: HookEvent,
  { environment, nowUnixMs }: { readonly environment: HookEnvironment; readonly nowUnixMs: number },
): SpanToSend[] {
  const inherited = parseTraceParent(environment['TRACEPARENT'])
  // Without a run, the session's own ID makes its trace: each event comes from a process that knows no other.
  const session = inherited ?? madePlace(`${product} ${event.sessionId}`)
  const own = (attributes: Attributes, place?: SpanPlace, parent?: SpanPlace): SpanToSend => ({
    ...(place ?? newPlace(session)),
    parentSpanId: (parent ?? session).spanId,
    name: nameOf(event),
    startUnixMs: nowUnixMs,
    endUnixMs: nowUnixMs,
    attributes: { 'whodid.hook.product': product, ...attributes },
  })
  const text = textFor(environment['WHODID_CAPTURE'])
  switch (event.kind) {
    case 'session_started':
      return inherited === undefined
        ? [{ ...own(kindOf('session'), session), parentSpanId: undefined }]
        : []
    case 'session_ended':
      return [own({ ...kindOf('session'), 'whodid.hook.reason': event.error })]
    case 'prompt':
      return [own(promptOf(event.prompt, text))]
    case 'subagent_started':
      return [own({ ...kindOf('delegation') })]
    case 'subagent_ended':
      return [own({ ...kindOf('session') })]
    case 'tool_begins':
    case 'tool_ended':
    case 'permission_asked':
    case 'permission_denied':
      return ofCall(event, own, { session, text })
  }
}

type Own = (attributes: Attributes, place?: SpanPlace, parent?: SpanPlace) => SpanToSend
type Text = (value: unknown) => string | undefined

/** The records of a call: its intent before it runs, the decision on it, and its outcome. */
function ofCall(
  event: HookEvent,
  own: Own,
  { session, text }: { readonly session: SpanPlace; readonly text: Text },
): SpanToSend[] {
  const { verb, resource } = toolEffect(event.tool, event.input, event.directory)
  const callId = event.callId || madeCallId(event)
  const call: Attributes = {
    [attribute.toolName]: event.tool,
    [attribute.toolCallId]: callId,
    [attribute.actionId]: callId,
  }
  const intent = { ...session, spanId: idOf(`${session.traceId} ${callId}`, 16) }
  if (event.kind === 'permission_asked' || event.kind === 'permission_denied')
    return [own({ ...call, ...decisionOf(event, callId) }, undefined, intent)]
  const act: Attributes = {
    ...kindOf('tool_call'),
    ...call,
    [attribute.actionVerb]: verb,
    [attribute.resourceId]: resource,
    [attribute.toolArgumentsHash]: hashOf(event.input),
    [attribute.toolCallArguments]: text(event.input),
  }
  if (event.kind === 'tool_begins')
    // A read that did not happen is no matter.
    return verb === 'read' ? [] : [own({ ...act, [attribute.actionOutcome]: 'unknown' }, intent)]
  return [
    own({
      ...act,
      [attribute.actionOutcome]: event.outcome,
      [attribute.toolResultHash]: hashOf(event.result),
      [attribute.toolCallResult]: text(event.result),
      'error.type': event.outcome === 'failure' ? 'tool_error' : '',
    }),
  ]
}

function decisionOf(event: HookEvent, callId: string): Attributes {
  const isDenied = event.kind === 'permission_denied'
  return {
    ...kindOf('approval'),
    [attribute.actionId]: '',
    [attribute.approvalId]: callId,
    [attribute.approvalDecision]: isDenied ? 'deny' : 'require_approval',
    [attribute.approvalSource]: isDenied ? 'policy' : '',
    [attribute.approvalReason]: event.error,
  }
}

function promptOf(prompt: string, text: Text): Attributes {
  const shown = text(prompt)
  return {
    ...kindOf('prompt'),
    [attribute.promptOrigin]: prompt.startsWith('<task-notification>') ? 'system' : 'human',
    [attribute.promptHash]: hashOf(prompt),
    [attribute.inputMessages]:
      shown === undefined
        ? ''
        : JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: shown }] }]),
  }
}

function kindOf(kind: string): Attributes {
  return { [attribute.recordKind]: kind }
}

function nameOf({ kind, tool, agentType }: HookEvent): string {
  if (kind === 'subagent_started') return `delegate ${agentType}`.trim()
  if (kind === 'subagent_ended') return `session end ${agentType}`.trim()
  if (kind === 'session_started') return 'session'
  if (kind === 'session_ended') return 'session end'
  if (kind === 'prompt') return 'prompt'
  return kind.startsWith('permission') ? `permission ${tool}` : `execute_tool ${tool}`
}

/** Two calls with the same arguments in one session have the same ID where the product gives none. */
function madeCallId({ sessionId, tool, input }: HookEvent): string {
  return `hook-${idOf(`${sessionId} ${tool} ${canonicalJson(input ?? null)}`, 24)}`
}

function madePlace(text: string): SpanPlace {
  return { traceId: idOf(text, 32), spanId: idOf(`${text} session`, 16) }
}

function idOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits)
}

function hashOf(value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  const text = typeof value === 'string' ? value : canonicalJson(value)
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

/** The text of a value, as far as the capture policy lets it out. */
function textFor(capture: string | undefined): Text {
  return (value) => {
    if (capture === 'none' || capture === 'hash' || value === undefined || value === null)
      return undefined
    const text = typeof value === 'string' ? value : canonicalJson(value)
    const read = text.slice(0, 2 * textLengthMax)
    const clean = capture === 'full' ? read : redactSecrets(read)
    return clean.length > textLengthMax
      ? `${clean.slice(0, textLengthMax).toWellFormed()}…[cut: ${textLengthMax} of ${text.length} characters]`
      : clean
  }
}
