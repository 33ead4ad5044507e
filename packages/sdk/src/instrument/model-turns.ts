import type { ModelAnswer } from '../verbs/model-call.ts'
import { prompt } from '../verbs/prompt.ts'
import { nowUnixMs } from '../now.ts'
import { currentScope } from '../context/scope.ts'
import type { Scope } from '../context/scope.ts'
import { openFrameworkRun, promptOptionsOf, toolOptionsOf } from './integration-options.ts'
import type { IntegrationOptions } from './integration-options.ts'
import { NeverEnded, OpenCalls } from './open-calls.ts'
import { openModelCall, openTool } from './open.ts'
import type { OpenModel, OpenRun, OpenTool } from './open.ts'

/** Tool calls of one turn that are remembered until their results come back; of more, the later ones are not recorded. */
const askedMax = 1024

/**
 * Options of an integration of a model's client, which has no word for an agent of its own.
 *
 * @example
 * const options: ModelClientOptions = { agent: 'order-clerk', promptOrigin: 'human' }
 */
export interface ModelClientOptions extends IntegrationOptions {
  /**
   * The agent whose client this is. Its turns within the run of another agent are then a sub-agent's. Default: none; the turns
   * within a run belong to that run.
   */
  readonly agent?: string
}

/** A tool call that a model asked for. */
export interface AskedCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** A request to a model, as its client sends it. */
export interface ModelRequest {
  readonly provider: string
  readonly model: string
  /** The newest words of the user; undefined where there are none. */
  readonly asked: string | undefined
  /** Results of tool calls that come after the model's last answer. */
  readonly results: readonly {
    readonly callId: string
    readonly result: unknown
    /** The error that the application reports in place of a result; `unsaid` where the API has no word for a failure. */
    readonly failure?: Error | 'unsaid'
  }[]
  readonly userId?: string | undefined
  readonly conversationId?: string | undefined
}

/** From a user's words to the answer that asks for no more tools: the run of one agent. */
interface Turn {
  readonly run: OpenRun
  /** True for a run that began here; false for a place in a run that verbs or a framework began. */
  readonly isOwn: boolean
  /** Calls whose results have not come back. */
  readonly asked: Map<string, AskedCall>
  /** Those of them that have a record of their own, because a helper runs them. */
  readonly begun: Set<string>
  /** When the model's last answer came: its tools ran after that. */
  answeredUnixMs: number
  isEnded: boolean
}

/**
 * Records what is asked of a model through its client, in turns: a request that brings the results of tool calls belongs to the turn
 * whose model asked for them, by the calls' IDs. An ID that two turns under way were given names neither.
 *
 * @example
 * const turns = new ModelTurns({ agent: 'order-clerk' })
 * const request = turns.begin({ provider: 'anthropic', model, asked: 'Cancel order 42', results: [] }, {})
 * request?.answered({ text: 'Done.' })
 */
export class ModelTurns {
  readonly #options: ModelClientOptions
  /** By the ID of each call that a model asked for; undefined for an ID that is not unique. */
  readonly #byCall = new OpenCalls<Turn | undefined>((turn) => {
    turn?.run.end({ value: new NeverEnded('the results of its tools were never sent') })
  })
  readonly #byRequest = new WeakMap<object, Turn>()

  constructor(options: ModelClientOptions) {
    this.#options = options
  }

  /**
   * Begins the record of a request. `request` stands for all attempts to send it. Undefined within another record of a model call: a
   * framework's, or the verb's. May throw: call it in a {@link guard}.
   */
  begin(request: ModelRequest, attempts: object): TurnRequest | undefined {
    const around = currentScope()
    if (around?.call?.ofModel === true) return undefined
    const retried = this.#byRequest.get(attempts)
    const turn =
      retried?.isEnded === false
        ? retried
        : (this.#continued(request) ?? this.#open(request, around))
    this.#byRequest.set(attempts, turn)
    const { provider, model } = request
    const call = turn.run.within(() =>
      openModelCall({ provider, ...(model === '' ? {} : { model }) }),
    )
    return new TurnRequest(call, {
      asks: (asked) => {
        this.#asks(turn, asked)
      },
      end: (error) => {
        endTurn(turn, error)
      },
      answered: () => {
        turn.answeredUnixMs = nowUnixMs()
        if (!turn.isOwn || turn.asked.size === 0) endTurn(turn)
      },
    })
  }

  /**
   * Begins the record of a tool that a client's helper runs, in the turn whose model asked for it, or else in the agent's run around;
   * undefined where there is neither. May throw.
   */
  beginTool(call: AskedCall): OpenTool | undefined {
    const turn = this.#byCall.get(call.id)
    const options = toolOptionsOf(this.#options, { ...call, callId: call.id })
    if (turn !== undefined) {
      // Its result is on this record: the one that is sent to the model makes no second.
      turn.begun.add(call.id)
      return turn.run.within(() => openTool(call.name, options))
    }
    return currentScope()?.actor.type === 'agent' ? openTool(call.name, options) : undefined
  }

  #continued({ results }: ModelRequest): Turn | undefined {
    let found: Turn | undefined
    for (const { callId, result, failure } of results) {
      const turn = this.#byCall.take(callId)
      if (turn === undefined || turn.isEnded) continue
      found ??= turn
      const asked = turn.asked.get(callId)
      turn.asked.delete(callId)
      if (asked === undefined || turn.begun.delete(callId)) continue
      // It has run already: there is no intent to record before it.
      const options = { ...toolOptionsOf(this.#options, { ...asked, callId }), destructive: false }
      const open = turn.run.within(() => openTool(asked.name, options, turn.answeredUnixMs))
      if (failure === undefined) open.succeed(result)
      else if (failure === 'unsaid') open.returned(result)
      else open.fail(failure)
    }
    return found
  }

  #open(request: ModelRequest, around: Scope | undefined): Turn {
    const options = this.#options
    const named = options.agent ?? ''
    const isWithin =
      around?.actor.type === 'agent' && (named === '' || around.actor.agent?.template === named)
    const { asked, userId, conversationId } = request
    // The run's own prompt goes before what its requests repeat of it.
    if (isWithin && around.frame.promptRef === '' && asked !== undefined) void prompt(asked)
    const run = openFrameworkRun(
      {
        named: isWithin ? '' : named,
        onBehalfOf: userId === '' ? undefined : userId,
        ...(conversationId === undefined ? {} : { conversationId }),
      },
      options,
    )
    if (!isWithin && asked !== undefined)
      void run.within(() => prompt(asked, promptOptionsOf(run, options)))
    return {
      run,
      isOwn: !isWithin,
      asked: new Map(),
      begun: new Set(),
      answeredUnixMs: 0,
      isEnded: false,
    }
  }

  #asks(turn: Turn, call: AskedCall): void {
    if (!turn.isOwn || turn.isEnded || turn.asked.size >= askedMax) return
    const other = this.#byCall.get(call.id)
    const isUnique = other === undefined || other === turn || other.isEnded
    this.#byCall.add(call.id, isUnique ? turn : undefined)
    turn.asked.set(call.id, call)
  }
}

/** The parts of a turn that one request may change. */
interface TurnOfRequest {
  readonly asks: (call: AskedCall) => void
  readonly end: (error?: { readonly value: unknown }) => void
  readonly answered: () => void
}

/** A request to a model under way. */
export class TurnRequest {
  readonly #call: OpenModel
  readonly #turn: TurnOfRequest

  constructor(call: OpenModel, turn: TurnOfRequest) {
    this.#call = call
    this.#turn = turn
  }

  /** Sends the request within the call's record, so that what is sent is no act upon the world. */
  within<T>(send: () => T): T {
    return this.#call.within(send)
  }

  /** The model asks for a tool: call it before the application can run it. */
  asks(call: AskedCall): void {
    this.#turn.asks(call)
  }

  /** Records the answer. The turn ends unless the answer asks for tools. */
  answered(answer: ModelAnswer): void {
    this.#call.call.answered(answer)
    this.#call.end()
    this.#turn.answered()
  }

  /** Records the failure; the turn ends with it unless the client will send the request again. */
  failed(error: unknown, isLast: boolean): void {
    this.#call.end({ value: error })
    if (isLast) this.#turn.end({ value: error })
  }
}

function endTurn(turn: Turn, error?: { readonly value: unknown }): void {
  turn.isEnded = true
  turn.asked.clear()
  turn.begun.clear()
  turn.run.end(error)
}
