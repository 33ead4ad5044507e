import type { ModelAnswer } from '@whodid/sdk'
import type { AnswerReader, AskedCall } from '@whodid/sdk/instrument'
import { answerOf, errorOf, member, textOf } from './answers.ts'

/** Characters of a streamed answer that are kept for its record; of more, the beginning. */
const answerMax = 1_048_576
/** Blocks of a streamed answer that are kept. */
const blocksMax = 1024

/** Reads a message, whole or streamed, and tells of each tool call once the model has written it. */
export class MessageReader implements AnswerReader {
  readonly #onCall: (call: AskedCall) => void
  readonly #blocks = new Map<unknown, { readonly start: unknown; written: string }>()
  #message: unknown
  #delta: unknown
  #usage: unknown
  #length = 0
  #isWhole = false
  #error: Error | undefined
  #whole: ModelAnswer | undefined

  constructor(onCall: (call: AskedCall) => void) {
    this.#onCall = onCall
  }

  get isWhole(): boolean {
    return this.#isWhole
  }

  get error(): Error | undefined {
    return this.#error
  }

  whole(body: unknown): void {
    this.#isWhole = true
    this.#error = errorOf(body)
    const { answer, asked } = answerOf(body)
    this.#whole = answer
    for (const call of asked) this.#onCall(call)
  }

  event(data: string): boolean {
    const event: unknown = JSON.parse(data)
    const index = member(event, 'index')
    switch (member(event, 'type')) {
      case 'message_start':
        this.#message = member(event, 'message')
        break
      case 'content_block_start':
        if (this.#blocks.size < blocksMax)
          this.#blocks.set(index, { start: member(event, 'content_block'), written: '' })
        break
      case 'content_block_delta':
        this.#write(index, member(event, 'delta'))
        break
      case 'content_block_stop':
        this.#tell(this.#blocks.get(index))
        break
      case 'message_delta':
        this.#delta = member(event, 'delta')
        this.#usage = member(event, 'usage')
        break
      case 'message_stop':
        this.#isWhole = true
        break
      case 'error':
        this.#isWhole = true
        this.#error = errorOf(event)
        break
      default:
    }
    return this.#isWhole
  }

  /** The answer, as far as it was read. */
  answer(): ModelAnswer {
    if (this.#whole !== undefined) return this.#whole
    const content = [...this.#blocks.values()].map(blockOf)
    const { answer } = answerOf({
      ...(typeof this.#message === 'object' ? this.#message : {}),
      ...(typeof this.#delta === 'object' ? this.#delta : {}),
      content,
      usage: {
        input_tokens:
          member(this.#usage, 'input_tokens') ??
          member(member(this.#message, 'usage'), 'input_tokens'),
        output_tokens: member(this.#usage, 'output_tokens'),
      },
    })
    return answer
  }

  #write(index: unknown, delta: unknown): void {
    const block = this.#blocks.get(index)
    const text = textOf(member(delta, 'text')) || textOf(member(delta, 'partial_json'))
    if (block === undefined || this.#length + text.length > answerMax) return
    this.#length += text.length
    block.written += text
  }

  #tell(block: { readonly start: unknown; readonly written: string } | undefined): void {
    if (block === undefined) return
    for (const call of answerOf({ content: [blockOf(block)] }).asked) this.#onCall(call)
  }
}

function blockOf({
  start,
  written,
}: {
  readonly start: unknown
  readonly written: string
}): object {
  const block = typeof start === 'object' ? start : {}
  if (member(block, 'type') === 'text')
    return { ...block, text: textOf(member(block, 'text')) + written }
  return { ...block, input: written === '' ? member(block, 'input') : parse(written) }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Cut off by the model's limit of tokens, or by the bound above.
    return json
  }
}
