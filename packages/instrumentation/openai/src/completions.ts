import type { ModelAnswer } from '@whodid/sdk'
import type { AnswerReader, AskedCall, ModelRequest } from '@whodid/sdk/instrument'
import { contentText, count, errorOf, listOf, member, parse, textOf } from './contents.ts'

/** Characters of a streamed answer that are kept for its record; of more, the beginning. */
const answerMax = 1_048_576
/** Tool calls of a streamed answer that are kept. */
const callsMax = 1024

/** The request to a model, from the body of a request to Chat Completions. */
export function completionRequestOf(body: unknown): ModelRequest {
  const messages = listOf(member(body, 'messages'))
  const roleOf = (message: unknown): unknown => member(message, 'role')
  const answeredAt = messages.findLastIndex((message) => roleOf(message) === 'assistant')
  const asked = messages.findLast((message) => roleOf(message) === 'user')
  return {
    provider: 'openai',
    model: textOf(member(body, 'model')),
    asked: asked === undefined ? undefined : contentText(member(asked, 'content')),
    results: messages
      .slice(answeredAt + 1)
      .filter((message) => roleOf(message) === 'tool')
      .map((message) => ({
        callId: textOf(member(message, 'tool_call_id')),
        result: member(message, 'content'),
        failure: 'unsaid',
      })),
    userId: textOf(member(body, 'user')),
  }
}

/** Reads an answer of Chat Completions: its first choice. */
export class CompletionReader implements AnswerReader {
  readonly #onCall: (call: AskedCall) => void
  readonly #calls = new Map<unknown, { id: string; name: string; written: string }>()
  #head: unknown
  #text = ''
  #length = 0
  #usage: unknown
  #finish = ''
  #error: Error | undefined

  constructor(onCall: (call: AskedCall) => void) {
    this.#onCall = onCall
  }

  get isWhole(): boolean {
    return this.#finish !== '' || this.#error !== undefined
  }

  get error(): Error | undefined {
    return this.#error
  }

  whole(body: unknown): void {
    this.#read(body, (choice) => member(choice, 'message'))
  }

  event(data: string): boolean {
    // The usage comes after the reason why the answer ended.
    if (data === '[DONE]') return true
    this.#read(JSON.parse(data), (choice) => member(choice, 'delta'))
    return this.#error !== undefined
  }

  answer(): ModelAnswer {
    return {
      text: this.#text,
      toolCalls: [...this.#calls.values()].map(({ id, name }) => ({ id, name })),
      model: textOf(member(this.#head, 'model')),
      id: textOf(member(this.#head, 'id')),
      ...(this.#finish === '' ? {} : { finishReasons: [this.#finish] }),
      ...count('inputTokens', member(this.#usage, 'prompt_tokens')),
      ...count('outputTokens', member(this.#usage, 'completion_tokens')),
    }
  }

  #read(body: unknown, messageOf: (choice: unknown) => unknown): void {
    this.#error ??= errorOf(member(body, 'error'))
    this.#head ??= { id: member(body, 'id'), model: member(body, 'model') }
    this.#usage = member(body, 'usage') ?? this.#usage
    const choice = listOf(member(body, 'choices')).find((one) => (member(one, 'index') ?? 0) === 0)
    const message = messageOf(choice)
    this.#text += this.#kept(contentText(member(message, 'content')))
    for (const [at, call] of listOf(member(message, 'tool_calls')).entries())
      this.#write(member(call, 'index') ?? at, call)
    const finish = textOf(member(choice, 'finish_reason'))
    if (finish === '' || this.#finish !== '') return
    this.#finish = finish
    for (const { id, name, written } of this.#calls.values())
      this.#onCall({ id, name, arguments: parse(written) })
  }

  #write(index: unknown, part: unknown): void {
    const known = this.#calls.get(index)
    if (known === undefined && this.#calls.size >= callsMax) return
    const call = known ?? { id: '', name: '', written: '' }
    this.#calls.set(index, call)
    // A tool of the kind `custom` takes a text in place of arguments.
    const called = member(part, 'function') ?? member(part, 'custom')
    call.id ||= textOf(member(part, 'id'))
    call.name ||= textOf(member(called, 'name'))
    call.written += this.#kept(textOf(member(called, 'arguments') ?? member(called, 'input')))
  }

  #kept(text: string): string {
    if (this.#length + text.length > answerMax) return ''
    this.#length += text.length
    return text
  }
}
