import { attribute } from '@whodid/model'
import type { RecordKind } from '@whodid/model'
import type { Attributes, Value } from '../../otlp/batch.ts'
import { joinedText, lastUserText } from './message-text.ts'
import { textOf } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

/** `gen_ai.operation.name` and the kind of record it makes. Other names are `other`. */
const kindOfOperation: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    chat: 'model_call',
    generate_content: 'model_call',
    text_completion: 'model_call',
    embeddings: 'model_call',
    fetch_response: 'model_call',
    invoke_agent: 'prompt',
    invoke_workflow: 'session',
    create_agent: 'session',
    plan: 'plan',
    execute_tool: 'tool_call',
    retrieval: 'input',
    search_memory: 'input',
    create_memory: 'action',
    update_memory: 'action',
    upsert_memory: 'action',
    delete_memory: 'action',
    create_memory_store: 'action',
    delete_memory_store: 'action',
  }),
)

const verbOfOperation: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    create_memory: 'create',
    create_memory_store: 'create',
    update_memory: 'update',
    upsert_memory: 'update',
    delete_memory: 'delete',
    delete_memory_store: 'delete',
  }),
)

const decisionEvent = 'gen_ai.tool.call.decision'

/** Log records by their event, where no operation is named: the request to a model, and the call in full. */
const kindOfEvent: ReadonlyMap<string, RecordKind> = new Map(
  Object.entries<RecordKind>({
    'gen_ai.user.message': 'prompt',
    'gen_ai.content.prompt': 'prompt',
    'gen_ai.client.inference.operation.details': 'model_call',
  }),
)

/** OpenTelemetry's semantic conventions for generative AI, in their present form and the older ones still sent. */
export const genAi: Convention = {
  name: 'gen_ai',
  speaks: (telemetry) =>
    telemetry.attributes.has(attribute.operationName) ||
    telemetry.attributes.has('gen_ai.provider.name') ||
    telemetry.attributes.has('gen_ai.system') ||
    telemetry.attributes.has(attribute.toolCallArguments) ||
    telemetry.attributes.has(attribute.toolCallResult) ||
    telemetry.attributes.has(attribute.inputMessages) ||
    telemetry.attributes.has(attribute.outputMessages) ||
    telemetry.name.startsWith('gen_ai.'),
  // A tool server's own span carries these names too, and a server is no agent.
  ofAgent: (telemetry) => !(telemetry.kind === 2 && telemetry.attributes.has('mcp.method.name')),
  kind: (telemetry) => {
    if (telemetry.name === decisionEvent) return 'approval'
    const event = telemetry.signal === 'log' ? kindOfEvent.get(telemetry.name) : undefined
    // A message stays a prompt under any operation.
    if (event === 'prompt') return event
    const operation = textOf(telemetry.attributes, attribute.operationName)
    return operation === '' ? (event ?? '') : (kindOfOperation.get(operation) ?? 'other')
  },
  read: readGenAi,
}

function readGenAi(telemetry: Telemetry, kind: RecordKind): Claims {
  const { attributes } = telemetry
  const claims: Claims = {
    verb: verbOfOperation.get(textOf(attributes, attribute.operationName)) ?? '',
    approvalDecision: textOf(attributes, 'gen_ai.tool.call.decision.outcome'),
    identityId: textOf(attributes, 'gen_ai.agent.identity.id'),
  }
  if (kind === 'tool_call' || kind === 'action' || kind === 'input') {
    claims.content =
      textOf(attributes, attribute.toolCallArguments) ||
      eventText(telemetry, 'gen_ai.tool.message', 'content')
    claims.result =
      textOf(attributes, attribute.toolCallResult) ||
      eventText(telemetry, 'gen_ai.choice', 'message')
    return claims
  }
  if (telemetry.signal === 'log' && kindOfEvent.get(telemetry.name) === 'prompt')
    return { ...claims, content: userMessage(telemetry) }
  const said = joinedText(outputMessages(telemetry))
  if (kind === 'plan') return { ...claims, content: said }
  return { ...claims, content: lastUserText(inputMessages(telemetry)), result: said }
}

/** The text of a user's message that is a log record of its own: in its body, or in an attribute. */
function userMessage({ attributes, body }: Telemetry): string {
  const stated = ['gen_ai.event.content', 'content', 'gen_ai.prompt']
    .map((key) => attributes.get(key))
    .find((value) => value !== undefined && value !== null)
  const message = stated ?? body
  return lastUserText(message) || joinedText(message)
}

/** Returns the arguments or the result of a tool's span from the older events. */
function eventText({ events }: Telemetry, name: string, key: string): string {
  const event = events.find((one) => one.name === name)
  return event === undefined ? '' : textOf(event.attributes, key)
}

function inputMessages(telemetry: Telemetry): Value | undefined {
  const { attributes } = telemetry
  return (
    attributes.get(attribute.inputMessages) ??
    fromEvents(telemetry, attribute.inputMessages, [
      'gen_ai.user.message',
      'gen_ai.content.prompt',
    ]) ??
    inBody(telemetry, attribute.inputMessages) ??
    indexed(attributes, 'gen_ai.prompt.')
  )
}

/** The member of a log record's body of that name. */
function inBody({ signal, body }: Telemetry, key: string): Value | undefined {
  return signal === 'log' && isMap(body) ? body.get(key) : undefined
}

function isMap(value: Value): value is Attributes {
  return value instanceof Map
}

function outputMessages(telemetry: Telemetry): Value | undefined {
  const { attributes } = telemetry
  return (
    attributes.get(attribute.outputMessages) ??
    fromEvents(telemetry, attribute.outputMessages, [
      'gen_ai.choice',
      'gen_ai.content.completion',
    ]) ??
    indexed(attributes, 'gen_ai.completion.')
  )
}

/** Messages in span events: whole lists in the newer event, one message an event in the older ones. */
function fromEvents(
  telemetry: Telemetry,
  key: string,
  olderNames: readonly string[],
): Value | undefined {
  let found: Value | undefined
  for (const event of telemetry.events) {
    const whole = event.attributes.get(key)
    if (whole !== undefined) return whole
    if (olderNames.includes(event.name))
      found =
        event.attributes.get('content') ??
        event.attributes.get('message') ??
        event.attributes.get('gen_ai.prompt') ??
        event.attributes.get('gen_ai.completion') ??
        found
  }
  return found
}

/** Messages flattened to `<prefix><index>.role` and `.content`. */
function indexed(attributes: Attributes, prefix: string): Value | undefined {
  const messages = new Map<string, Map<string, Value>>()
  for (const [key, value] of attributes) {
    if (!key.startsWith(prefix)) continue
    const [index = '', field = ''] = key.slice(prefix.length).split('.', 2)
    if (!/^\d{1,6}$/u.test(index) || (field !== 'role' && field !== 'content')) continue
    const message = messages.get(index) ?? new Map<string, Value>()
    messages.set(index, message.set(field, value))
  }
  return messages.size === 0 ? undefined : [...messages.values()]
}
