import type { ModelAnswer } from '@whodid/sdk'
import type { AskedCall } from '@whodid/sdk/instrument'
import { answerOf, member, textOf } from './messages.ts'

/** Characters of a streamed answer that are kept for its record; of more, the beginning. */
const answerMax = 1_048_576
/** Blocks of a streamed answer that are kept. */
const blocksMax = 1024

/** Puts a streamed message together, and tells of each tool call once the model has written it. */
export class MessageReader {
  readonly #onCall: (call: AskedCall) => void
  readonly #blocks = new Map<unknown, { readonly start: unknown; written: string }>()
  #message: unknown
  #delta: unknown
  #usage: unknown
  #length = 0
  #isWhole = false

  constructor(onCall: (call: AskedCall) => void) {
    this.#onCall = onCall
  }

  /** True once the message has ended. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Reads an event of the API; true when it is the message's end. */
  read(event: unknown): boolean {
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
        return true
      default:
    }
    return false
  }

  /** The answer, as far as it was read. */
  answer(): ModelAnswer {
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
