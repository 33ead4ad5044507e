import type { ModelAnswer } from '@whodid/sdk'
import type { AskedCall, ModelRequest } from '@whodid/sdk/instrument'

/** Messages and blocks of one request or answer that are looked at, the newest first. */
const itemsMax = 10_000

/** The request to a model, from the body of a request to `/v1/messages`. */
export function requestOf(body: unknown): ModelRequest {
  const messages = listOf(member(body, 'messages'))
  const answeredAt = messages.findLastIndex((message) => member(message, 'role') === 'assistant')
  const after = messages.slice(answeredAt + 1).flatMap(blocksOf)
  const asked = messages.findLast(
    (message) =>
      member(message, 'role') === 'user' && contentText(member(message, 'content')) !== '',
  )
  const userId = textOf(member(member(body, 'metadata'), 'user_id'))
  return {
    provider: 'anthropic',
    model: textOf(member(body, 'model')),
    asked: asked === undefined ? undefined : contentText(member(asked, 'content')),
    results: after.flatMap(resultOf),
    ...(userId === '' ? {} : { userId }),
  }
}

/** The answer in a message of the API. */
export function answerOf(message: unknown): {
  readonly answer: ModelAnswer
  readonly asked: readonly AskedCall[]
} {
  const blocks = listOf(member(message, 'content'))
  const asked = blocks.flatMap(callOf)
  const usage = member(message, 'usage')
  const stopReason = textOf(member(message, 'stop_reason'))
  return {
    asked,
    answer: {
      text: contentText(blocks),
      toolCalls: asked.map(({ id, name }) => ({ id, name })),
      model: textOf(member(message, 'model')),
      id: textOf(member(message, 'id')),
      ...(stopReason === '' ? {} : { finishReasons: [stopReason] }),
      ...count('inputTokens', member(usage, 'input_tokens')),
      ...count('outputTokens', member(usage, 'output_tokens')),
    },
  }
}

/** The error that the API reports in an answer or in an event; undefined where there is none. */
export function errorOf(body: unknown): Error | undefined {
  if (member(body, 'type') !== 'error') return undefined
  const error = new Error(textOf(member(member(body, 'error'), 'message')))
  error.name = textOf(member(member(body, 'error'), 'type')) || 'APIError'
  return error
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text that a value is; '' otherwise. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The items of a list, the newest that are looked at; none of another value. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(-itemsMax) : []
}

function blocksOf(message: unknown): readonly unknown[] {
  return listOf(member(message, 'content'))
}

/** A tool that the application is to run; one that runs at the API's side is part of the answer. */
function callOf(block: unknown): AskedCall[] {
  if (member(block, 'type') !== 'tool_use') return []
  const id = textOf(member(block, 'id'))
  return [{ id, name: textOf(member(block, 'name')), arguments: member(block, 'input') }]
}

function resultOf(block: unknown): ModelRequest['results'] {
  if (member(block, 'type') !== 'tool_result') return []
  const callId = textOf(member(block, 'tool_use_id'))
  const content = member(block, 'content')
  if (member(block, 'is_error') !== true) return [{ callId, result: content }]
  return [{ callId, result: content, failure: new ToolFailed(contentText(content)) }]
}

/** Stands for a result that the application marks `is_error`. */
class ToolFailed extends Error {
  override readonly name = 'ToolFailed'
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .filter((block) => member(block, 'type') === 'text')
    .map((block) => textOf(member(block, 'text')))
    .join('')
}

function count<K extends string>(name: K, value: unknown): Partial<Record<K, number>> {
  // One member under the name that the caller gave.
  return (typeof value === 'number' ? { [name]: value } : {}) as Partial<Record<K, number>>
}
