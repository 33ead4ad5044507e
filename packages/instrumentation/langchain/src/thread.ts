import type { Approval, ApprovalOptions } from '@whodid/sdk'
import { listOf, member, textOf } from './answers.ts'
import type { AskedCall } from './answers.ts'

/** Calls and decisions of one conversation that are remembered; the oldest are forgotten. */
const rememberedMax = 256

/** A decision on a tool call, or the question for one. */
export interface Decision extends Pick<
  ApprovalOptions,
  'decision' | 'source' | 'reason' | 'callId'
> {
  readonly tool: string
  readonly arguments: unknown
}

/** What of a conversation outlasts one run of its agent: the calls that were asked for, and the decisions on them. */
export class Thread {
  #asked: readonly AskedCall[] = []
  #requested: readonly Decision[] = []
  readonly #decided = new Map<string, Promise<Approval>>()

  /** Remembers the calls that a model asked for, for their IDs. */
  asked(calls: readonly AskedCall[]): void {
    if (calls.length > 0) this.#asked = calls.slice(0, rememberedMax)
  }

  /** The requests for approval in what `humanInTheLoopMiddleware` interrupts a run with. */
  requests(interrupt: unknown): readonly Decision[] {
    const left = [...this.#asked]
    this.#requested = listOf(member(interrupt, 'interrupts'))
      .flatMap((one) => listOf(member(member(one, 'value'), 'actionRequests')))
      .slice(0, rememberedMax)
      .map((request) => {
        const tool = textOf(member(request, 'name'))
        const given = member(request, 'args')
        const at = left.findIndex(
          (call) => call.name === tool && JSON.stringify(call.arguments) === JSON.stringify(given),
        )
        const [call] = at === -1 ? [] : left.splice(at, 1)
        return {
          decision: 'require_approval',
          source: 'policy',
          tool,
          arguments: given,
          ...(call === undefined ? {} : { callId: call.id }),
        }
      })
    return this.#requested
  }

  /** The decisions with which a run is resumed, in the order of the requests. */
  decisions(resume: unknown): readonly Decision[] {
    const requested = this.#requested
    this.#requested = []
    return listOf(member(resume, 'decisions'))
      .slice(0, rememberedMax)
      .map((one, index) => {
        const { tool = '', arguments: given, callId } = requested[index] ?? {}
        const reason = textOf(member(one, 'message'))
        return {
          decision: member(one, 'type') === 'reject' ? 'deny' : 'allow',
          source: 'human',
          tool,
          arguments: given,
          ...(callId === undefined ? {} : { callId }),
          ...(reason === '' ? {} : { reason }),
        }
      })
  }

  decide(callId: string, decided: Promise<Approval>): void {
    if (this.#decided.size >= rememberedMax) this.#decided.clear()
    this.#decided.set(callId, decided)
  }

  /** The decision on a call, once. */
  decided(callId: string): Promise<Approval> | undefined {
    const decided = this.#decided.get(callId)
    this.#decided.delete(callId)
    return decided
  }
}
