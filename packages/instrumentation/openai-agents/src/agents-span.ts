import type { ModelAnswer } from '@whodid/sdk'

/** Items of one request or answer that are looked at, the newest first. */
const itemsMax = 10_000

/** A span of the OpenAI Agents SDK, as its processors get it. */
export interface AgentsSpan {
  readonly spanId: string
  readonly traceId: string
  readonly parentId: string | null
  readonly spanData: { readonly type: string } & Readonly<Record<string, unknown>>
  readonly error: { readonly message: string; readonly data?: Record<string, unknown> } | null
  readonly startedAt: string | null
  readonly traceMetadata?: Record<string, unknown> | undefined
}

/** A call that a model asked for. */
export interface AskedCall {
  readonly id: string
  readonly name: string
  /** As the model wrote them. */
  readonly arguments: string
}

/** The text of the newest message of a user; undefined where there is none. */
export function lastUserText(input: unknown): string | undefined {
  if (typeof input === 'string') return input
  const item = listOf(input).findLast((one) => member(one, 'role') === 'user')
  return item === undefined ? undefined : contentText(member(item, 'content'))
}

/** What the model answered: in the form of the Responses API, of chat completions, or of this SDK's own items. */
export function answerOf(spanData: AgentsSpan['spanData']): {
  readonly answer: ModelAnswer
  readonly asked: readonly AskedCall[]
} {
  const response = spanData['_response']
  const items = listOf(spanData['output'] ?? member(response, 'output'))
  const asked = items.flatMap(callsOf)
  const text = items.map(messageText).join('')
  const usage = spanData['usage'] ?? member(response, 'usage')
  const id = textOf(spanData['response_id']) || textOf(member(response, 'id'))
  return {
    asked,
    answer: {
      text,
      toolCalls: asked.map(({ id: callId, name }) => ({ id: callId, name })),
      ...(id === '' ? {} : { id }),
      ...count('inputTokens', member(usage, 'input_tokens') ?? member(usage, 'inputTokens')),
      ...count('outputTokens', member(usage, 'output_tokens') ?? member(usage, 'outputTokens')),
    },
  }
}

/** The rejection of a call by a human, which this SDK reports as a call that failed. */
export function rejectionOf(
  span: AgentsSpan,
): { readonly callId?: string; readonly reason?: string } | undefined {
  const said = textOf(span.error?.data?.['error'])
  const match = /^Tool execution for (.{1,512}) was manually rejected by user\.$/u.exec(said)
  if (match === null) return undefined
  const reason = span.error?.message ?? ''
  return {
    callId: match[1] ?? '',
    ...(reason === '' || reason === 'Tool execution was not approved.' ? {} : { reason }),
  }
}

/** The error that a span reports: under the name that its text begins with. */
export function errorOf(reported: NonNullable<AgentsSpan['error']>): Error {
  const text = textOf(reported.data?.['error']) || reported.message
  const match = /^([A-Z]\w{0,99}): ([\s\S]*)$/u.exec(text)
  const error = new Error(match?.[2] ?? text)
  if (match?.[1] !== undefined) error.name = match[1]
  return error
}

/** The value of JSON; the text itself where it is none. */
export function parse(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s{0,100}[[{]/u.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text that a value is; '' otherwise. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function callsOf(item: unknown): AskedCall[] {
  if (member(item, 'type') === 'function_call')
    return [
      {
        id: textOf(member(item, 'callId') ?? member(item, 'call_id')),
        name: textOf(member(item, 'name')),
        arguments: textOf(member(item, 'arguments')),
      },
    ]
  return listOf(member(item, 'tool_calls')).map((call) => ({
    id: textOf(member(call, 'id')),
    name: textOf(member(member(call, 'function'), 'name')),
    arguments: textOf(member(member(call, 'function'), 'arguments')),
  }))
}

function messageText(item: unknown): string {
  return member(item, 'role') === 'assistant' ? contentText(member(item, 'content')) : ''
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(member(part, 'text')))
    .join('')
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(-itemsMax) : []
}

function count<K extends string>(name: K, value: unknown): Partial<Record<K, number>> {
  // One member under the name that the caller gave.
  return (typeof value === 'number' ? { [name]: value } : {}) as Partial<Record<K, number>>
}
