import { openModelCall } from '@whodid/sdk/instrument'
import type { OpenModel, OpenRun } from '@whodid/sdk/instrument'
import { listIn, member, textIn } from './texts.ts'

/** Parts of one answer that are kept for its record. */
const partsMax = 1024
/** Threads of one session whose model calls are recorded: the main one, and one for each sub-agent. */
const threadsMax = 1024

/** An answer under way: the SDK tells it in several messages. */
interface Answer {
  readonly id: string
  readonly call: OpenModel
  readonly texts: string[]
  readonly toolCalls: { readonly id: string; readonly name: string }[]
  usage: unknown
}

/** Makes records of the model calls that the messages of a session tell of. */
export class ModelMessages {
  readonly #answers = new Map<string, Answer>()
  /** The last answer of each thread that has ended. */
  readonly #endedIds = new Map<string, string>()
  /** When the model was last given something to answer, in milliseconds since 1970. */
  readonly #askedUnixMs = new Map<string, number>()

  /** Takes a message of a thread: '' is the main one. */
  message(thread: string, run: OpenRun, message: unknown): void {
    const type = textIn(message, 'type')
    if (type === 'user') this.#asked(thread)
    if (type === 'user' || type === 'result') this.ends(thread)
    // An error of the service is told as a message of no model.
    const said = member(message, 'message')
    if (type !== 'assistant' || textIn(said, 'model') === '<synthetic>') return
    const id = textIn(said, 'id')
    // A part that is told after a tool's result is left out: its answer has a record.
    if (this.#endedIds.get(thread) === id) return
    if (this.#answers.get(thread)?.id !== id) this.ends(thread)
    const answer = this.#answers.get(thread) ?? this.#begin(thread, run, said)
    if (answer === undefined) return
    answer.usage = member(said, 'usage')
    for (const part of listIn(said, 'content').slice(0, partsMax)) this.#add(answer, part)
  }

  /** Ends the answer of a thread: something came of it. */
  ends(thread: string): void {
    const answer = this.#answers.get(thread)
    if (answer === undefined) return
    this.#answers.delete(thread)
    if (this.#endedIds.size < threadsMax || this.#endedIds.has(thread))
      this.#endedIds.set(thread, answer.id)
    const { call, texts, toolCalls, usage } = answer
    const input = member(usage, 'input_tokens')
    const output = member(usage, 'output_tokens')
    call.call.answered({
      id: answer.id,
      text: texts.join(''),
      toolCalls,
      ...(typeof input === 'number' ? { inputTokens: input } : {}),
      ...(typeof output === 'number' ? { outputTokens: output } : {}),
    })
    call.end()
  }

  /** Ends every answer under way. */
  end(): void {
    for (const thread of this.#answers.keys()) this.ends(thread)
  }

  #asked(thread: string): void {
    if (this.#askedUnixMs.size < threadsMax || this.#askedUnixMs.has(thread))
      this.#askedUnixMs.set(thread, Date.now())
  }

  #begin(thread: string, run: OpenRun, said: unknown): Answer | undefined {
    if (this.#answers.size >= threadsMax) return undefined
    const model = textIn(said, 'model')
    const call = run.within(() =>
      openModelCall({ provider: 'anthropic', model }, this.#askedUnixMs.get(thread)),
    )
    const answer = { id: textIn(said, 'id'), call, texts: [], toolCalls: [], usage: undefined }
    this.#answers.set(thread, answer)
    return answer
  }

  #add(answer: Answer, part: unknown): void {
    if (answer.texts.length + answer.toolCalls.length >= partsMax) return
    if (textIn(part, 'type') === 'text') answer.texts.push(textIn(part, 'text'))
    if (textIn(part, 'type') === 'tool_use')
      answer.toolCalls.push({ id: textIn(part, 'id'), name: textIn(part, 'name') })
  }
}
