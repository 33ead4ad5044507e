import type { ModelAnswer } from '@whodid/sdk'
import type { AnswerReader, AskedCall, ModelRequest } from '@whodid/sdk/instrument'
import { contentText, count, errorOf, listOf, member, parse, textOf } from './contents.ts'

/** The request to a model, from the body of a request to Responses. */
export function responseRequestOf(body: unknown): ModelRequest {
  const input = member(body, 'input')
  const items = listOf(input)
  // Calls and their results may take turns; a message stands before or after all of one round.
  const saidAt = items.findLastIndex((item) => member(item, 'role') !== undefined)
  const asked = items.findLast((item) => member(item, 'role') === 'user')
  const conversation = member(body, 'conversation')
  const conversationId = textOf(conversation) || textOf(member(conversation, 'id'))
  return {
    provider: 'openai',
    model: textOf(member(body, 'model')),
    asked:
      typeof input === 'string'
        ? input
        : asked === undefined
          ? undefined
          : contentText(member(asked, 'content')),
    results: items
      .slice(saidAt + 1)
      .filter((item) =>
        /^(?:function|custom_tool)_call_output$/u.test(textOf(member(item, 'type'))),
      )
      .map((item) => ({
        callId: textOf(member(item, 'call_id')),
        result: member(item, 'output'),
        failure: 'unsaid',
      })),
    userId: textOf(member(body, 'user')),
    ...(conversationId === '' ? {} : { conversationId }),
  }
}

/** Reads an answer of Responses. */
export class ResponseReader implements AnswerReader {
  readonly #onCall: (call: AskedCall) => void
  readonly #told = new Set<string>()
  #response: unknown
  #error: Error | undefined

  constructor(onCall: (call: AskedCall) => void) {
    this.#onCall = onCall
  }

  get isWhole(): boolean {
    return this.#response !== undefined || this.#error !== undefined
  }

  get error(): Error | undefined {
    return this.#error
  }

  whole(body: unknown): void {
    this.#response = body
    this.#error = errorOf(member(body, 'error'))
    for (const item of listOf(member(body, 'output'))) this.#tell(item)
  }

  event(data: string): boolean {
    const event: unknown = JSON.parse(data)
    switch (member(event, 'type')) {
      case 'response.output_item.done':
        this.#tell(member(event, 'item'))
        break
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        this.whole(member(event, 'response'))
        break
      case 'error':
        this.#error = errorOf(event)
        break
      default:
    }
    return this.isWhole
  }

  answer(): ModelAnswer {
    const items = listOf(member(this.#response, 'output'))
    const usage = member(this.#response, 'usage')
    const status = textOf(member(this.#response, 'status'))
    return {
      text: items.map((item) => contentText(messageContent(item))).join(''),
      toolCalls: items.flatMap(callOf).map(({ id, name }) => ({ id, name })),
      model: textOf(member(this.#response, 'model')),
      id: textOf(member(this.#response, 'id')),
      ...(status === '' ? {} : { finishReasons: [status] }),
      ...count('inputTokens', member(usage, 'input_tokens')),
      ...count('outputTokens', member(usage, 'output_tokens')),
    }
  }

  #tell(item: unknown): void {
    for (const call of callOf(item)) {
      if (this.#told.has(call.id)) continue
      this.#told.add(call.id)
      this.#onCall(call)
    }
  }
}

function messageContent(item: unknown): unknown {
  return member(item, 'type') === 'message' ? member(item, 'content') : ''
}

function callOf(item: unknown): AskedCall[] {
  const id = textOf(member(item, 'call_id'))
  const name = textOf(member(item, 'name'))
  if (member(item, 'type') === 'function_call')
    return [{ id, name, arguments: parse(textOf(member(item, 'arguments'))) }]
  if (member(item, 'type') === 'custom_tool_call')
    return [{ id, name, arguments: member(item, 'input') }]
  return []
}
