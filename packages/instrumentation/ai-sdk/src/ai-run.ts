import { approval, prompt } from '@whodid/sdk'
import type { Approval, ModelAnswer } from '@whodid/sdk'
import {
  NeverEnded,
  openFrameworkRun,
  openModelCall,
  openTool,
  promptOptionsOf,
  toolOptionsOf,
} from '@whodid/sdk/instrument'
import type {
  FrameworkRun,
  IntegrationOptions,
  OpenModel,
  OpenRun,
  OpenTool,
} from '@whodid/sdk/instrument'
import { decisionsIn, lastUserText } from './decisions.ts'
import type { Decision } from './decisions.ts'

/** A tool call as the AI SDK names it. */
export interface AiToolCall {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

/** One call of `generateText` or `streamText`, with all its steps: the run of one agent. */
export class AiRun {
  readonly #options: IntegrationOptions
  readonly #run: OpenRun
  readonly #tools = new Map<string, OpenTool>()
  /** Decisions by the ID of the tool call that they concern. */
  readonly #decided = new Map<string, Promise<Approval>>()
  #model: OpenModel | undefined

  constructor(run: FrameworkRun, messages: unknown, options: IntegrationOptions) {
    this.#options = options
    this.#run = openFrameworkRun(run, options)
    const asked = lastUserText(messages)
    if (asked !== undefined)
      void this.within(() => prompt(asked, promptOptionsOf(this.#run, options)))
    for (const decision of decisionsIn(messages)) this.#decide(decision)
  }

  /** Runs code that belongs to the run and to none of its calls. */
  within<T>(run: () => T): T {
    return this.#run.within(run)
  }

  beginModel(provider: string, model: string): OpenModel {
    // A call that was tried again has no end of its own.
    this.endModel(undefined, new NeverEnded('the call was tried again'))
    const call = this.within(() => openModelCall({ provider, model }))
    this.#model = call
    return call
  }

  get model(): OpenModel | undefined {
    return this.#model
  }

  endModel(answer: ModelAnswer | undefined, error?: unknown): void {
    const call = this.#model
    this.#model = undefined
    if (call === undefined) return
    if (answer !== undefined) call.call.answered(answer)
    call.end(error === undefined ? undefined : { value: error })
  }

  /** Begins a tool call; the decision that allowed it stands on its record. */
  async beginTool({ id, name, input }: AiToolCall): Promise<OpenTool> {
    const decided = await this.#decided.get(id)
    const options = toolOptionsOf(this.#options, { name, arguments: input, callId: id })
    const call = this.within(() =>
      openTool(name, decided?.decision === 'allow' ? { ...options, approval: decided } : options),
    )
    this.#tools.set(id, call)
    return call
  }

  tool(id: string): OpenTool | undefined {
    return this.#tools.get(id)
  }

  endTool(id: string, ending: { readonly result: unknown } | { readonly error: unknown }): void {
    const call = this.#tools.get(id)
    this.#tools.delete(id)
    if ('error' in ending) call?.fail(ending.error)
    else call?.succeed(ending.result)
  }

  /** Records the decisions of a step: those the framework made itself, and those it waits for. */
  decide(decisions: readonly Decision[]): void {
    for (const decision of decisions) this.#decide(decision)
  }

  end(error?: { readonly value: unknown }): void {
    const left = error?.value ?? new NeverEnded('its run ended first')
    this.endModel(undefined, left)
    for (const call of this.#tools.values()) call.fail(left)
    this.#tools.clear()
    this.#run.end(error)
  }

  #decide({ callId, tool, input, ...decision }: Decision): void {
    const described = toolOptionsOf(this.#options, { name: tool, arguments: input })
    const recorded = this.within(() =>
      approval({
        ...decision,
        callId,
        tool,
        ...(described.verb === undefined ? {} : { verb: described.verb }),
        ...(described.resource === undefined ? {} : { resource: described.resource }),
      }),
    )
    this.#decided.set(callId, recorded)
  }
}
