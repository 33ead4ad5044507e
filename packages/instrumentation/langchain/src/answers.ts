import type { ModelAnswer } from '@whodid/sdk'

/** Messages of one request that are looked at, the newest first. */
const messagesMax = 10_000

/** A call that a model asked for. */
export interface AskedCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** The text of the newest message of a human in a run's inputs; undefined where there is none. */
export function lastUserText(inputs: unknown): string | undefined {
  if (typeof inputs === 'string') return inputs
  const messages = member(inputs, 'messages')
  if (typeof messages === 'string') return messages
  const message = listOf(messages).findLast(isOfUser)
  if (message !== undefined)
    return contentText(Array.isArray(message) ? message[1] : member(message, 'content'))
  const input = member(inputs, 'input') ?? member(inputs, 'question')
  return typeof input === 'string' ? input : undefined
}

/** What a model answered, and the calls that it asked for. */
export function answerOf(output: unknown): {
  readonly answer: ModelAnswer
  readonly asked: readonly AskedCall[]
} {
  const [generation] = listOf(listOf(member(output, 'generations'))[0])
  const message = member(generation, 'message')
  const asked = listOf(member(message, 'tool_calls')).map((call) => ({
    id: textOf(member(call, 'id')),
    name: textOf(member(call, 'name')),
    arguments: member(call, 'args'),
  }))
  const about = member(message, 'response_metadata')
  const usage = member(message, 'usage_metadata')
  const reason = textOf(member(about, 'finish_reason')) || textOf(member(about, 'stop_reason'))
  const model = textOf(member(about, 'model_name')) || textOf(member(about, 'model'))
  const id = textOf(member(message, 'id'))
  return {
    asked,
    answer: {
      text: contentText(member(message, 'content')) || textOf(member(generation, 'text')),
      toolCalls: asked.map(({ id: callId, name }) => ({ id: callId, name })),
      ...(id === '' ? {} : { id }),
      ...(model === '' ? {} : { model }),
      ...(reason === '' ? {} : { finishReasons: [reason] }),
      ...count('inputTokens', member(usage, 'input_tokens')),
      ...count('outputTokens', member(usage, 'output_tokens')),
    },
  }
}

/** What a tool returned, behind the message that LangChain makes of it. */
export function resultOf(output: unknown): unknown {
  const content = member(output, 'content')
  return typeof content === 'string' && member(output, 'tool_call_id') !== undefined
    ? parse(content)
    : output
}

/** True for what LangGraph throws to stop a run until somebody answers. */
export function isInterrupt(error: unknown): boolean {
  return ['GraphInterrupt', 'NodeInterrupt'].includes(textOf(member(error, 'name')))
}

/** The value of JSON; the text itself where it is none. */
export function parse(text: string): unknown {
  if (!/^\s{0,100}[[{]/u.test(text)) return text
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

/** The list that a value is, bounded; empty otherwise. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(-messagesMax) : []
}

/** A message in any of the forms that LangChain takes: an object of its own, one with a role, or a pair. */
function isOfUser(message: unknown): boolean {
  if (Array.isArray(message)) return message[0] === 'user' || message[0] === 'human'
  const role = member(message, 'role') ?? member(message, 'type')
  return role === 'user' || role === 'human'
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(member(part, 'text')))
    .join('')
}

function count<K extends string>(name: K, value: unknown): Partial<Record<K, number>> {
  // One member under the name that the caller gave.
  return (typeof value === 'number' ? { [name]: value } : {}) as Partial<Record<K, number>>
}
