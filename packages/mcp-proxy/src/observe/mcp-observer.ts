import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallEnd, OpenCall } from '@whodid/sdk/open-call'
import { isObject, memberOf, parseJson, textOf } from '../message/json-value.ts'
import { elementPlaces, skipSpace } from '../message/member-places.ts'
import { readMessage } from '../message/message.ts'
import type { Message, MessageId, Request } from '../message/message.ts'
import { readAskedBack, recordAnswer } from './asked-back.ts'
import type { AskedBack } from './asked-back.ts'
import { BoundedMap } from './bounded-map.ts'
import { describeCall } from './describe-call.ts'
import type { DescribedCall } from './describe-call.ts'
import { endOfCancelled, endOfRefused, endOfResponse } from './end-of-call.ts'
import { openSeenCall } from './open-seen-call.ts'
import type {
  Carrier,
  ObserveOptions,
  Parties,
  RefusalCode,
  Refused,
  SeenCall,
} from './open-seen-call.ts'

/** What becomes of a message of the client. */
export interface Passed {
  /** The text for the server; undefined when nothing of it may pass. */
  readonly forward: string | undefined
  /** Messages that the proxy answers itself, as JSON. */
  readonly answers: readonly string[]
  /** The code of the first call that may not pass; undefined where all may. */
  readonly refusedBy?: RefusalCode | undefined
  /** The recorded calls in it. */
  readonly ids: readonly MessageId[]
}

/** Calls, tasks, and requests of the server that are kept at one time; the oldest makes room. */
const pendingMax = 1_024

/** The codes of JSON-RPC for a call that does not reach the server. */
const errorCodes: Readonly<Record<RefusalCode, number>> = {
  action_unrecorded: -32_010,
  agent_stopped: -32_011,
  standing_unknown: -32_012,
}

/** Records the calls of one connection between a client and a server. Keeps no message longer than it is under way. */
export class McpObserver {
  readonly #options: ObserveOptions
  /** Runs in the scope in which the observer was made, wherever a stream calls it from. */
  readonly #inScope = AsyncLocalStorage.snapshot()
  readonly #calls = new BoundedMap<MessageId, OpenCall>(pendingMax, (call) => {
    call.end({ outcome: 'unknown', attributes: { 'whodid.mcp.ending': 'evicted' } })
  })
  readonly #tasks = new BoundedMap<string, OpenCall>(pendingMax, (call) => {
    call.end({ outcome: 'unknown', attributes: { 'whodid.mcp.ending': 'evicted' } })
  })
  readonly #taskResults = new BoundedMap<MessageId, string>(pendingMax)
  readonly #asked = new BoundedMap<MessageId, AskedBack & { readonly call: OpenCall | undefined }>(
    pendingMax,
  )
  /** What a result asked for, by its key; the answers come with the call's next attempt. */
  readonly #inputs = new BoundedMap<string, AskedBack>(pendingMax)
  readonly #initializing = new Set<MessageId>()
  readonly #opening = new BoundedMap<MessageId, Promise<unknown>>(pendingMax)
  #client: unknown
  #serverInfo: unknown
  #protocol = ''

  constructor(options: ObserveOptions) {
    this.#options = options
  }

  /** Takes a message from the client before it goes on. Never rejects. */
  async fromClient(text: string, headers: Carrier = {}): Promise<Passed> {
    const value = parseJson(text)
    if (Array.isArray(value)) return this.#batchFromClient(text, headers)
    const message = readMessage(value)
    const unchanged = { forward: text, answers: [], ids: [] }
    if (message === undefined) return unchanged
    if (message.kind === 'response') this.#answered(message)
    else if (message.kind === 'notification') await this.#notified(message)
    else {
      const described = this.#describe(message)
      if (described !== undefined) return this.#call(text, { message, described, headers })
    }
    return unchanged
  }

  /** Takes a message from the server as it passes. Never throws. */
  fromServer(text: string): void {
    const value = parseJson(text)
    for (const one of Array.isArray(value) ? value : [value]) {
      const message = readMessage(one)
      if (message?.kind === 'request') this.#askedBack(message)
      else if (message?.kind === 'response') this.#response(message)
    }
  }

  /** Ends calls that will not be answered; without `ids` all that are under way. */
  finish(end: CallEnd, ids: Iterable<MessageId> = [...this.#calls.keys()]): void {
    for (const id of ids) this.#calls.take(id)?.end(end)
  }

  async #batchFromClient(text: string, headers: Carrier): Promise<Passed> {
    const places = elementPlaces(text, skipSpace(text, 0))
    const all = places.map(({ start, end }) => this.fromClient(text.slice(start, end), headers))
    const passed = await Promise.all(all)
    const ids = passed.flatMap((one) => one.ids)
    const answers = passed.flatMap((one) => one.answers)
    if (answers.length === 0) {
      let forward = text
      // From the back, so that the places before stay true.
      for (const [index, { start, end }] of [...places.entries()].toReversed())
        forward = `${forward.slice(0, start)}${passed[index]?.forward ?? ''}${forward.slice(end)}`
      return { forward, answers, ids }
    }
    // One call that may not run stops its batch, whose parts a server takes together.
    const code = passed.find(({ refusedBy }) => refusedBy !== undefined)?.refusedBy
    const refused = {
      code: code ?? 'action_unrecorded',
      text: 'another call of the batch was refused',
    }
    this.finish(endOfRefused(refused.code), ids)
    const others = ids.map((id) => refusal(id, refused))
    return { forward: undefined, answers: [...answers, ...others], ids: [], refusedBy: code }
  }

  #describe({ id, method, params }: Request): DescribedCall | undefined {
    const meta = params['_meta']
    if (method === 'initialize') {
      this.#client = params['clientInfo']
      this.#initializing.add(id)
    } else if (method === 'tasks/result') this.#taskResults.set(id, textOf(params, 'taskId'))
    this.#client = memberOf(meta, 'io.modelcontextprotocol/clientInfo') ?? this.#client
    const protocol = textOf(meta, 'io.modelcontextprotocol/protocolVersion')
    if (protocol !== '') this.#protocol = protocol
    this.#options.onClient?.(textOf(this.#client, 'name'))
    return describeCall(method, params, {
      server: this.#options.server ?? textOf(this.#serverInfo, 'name'),
      rules: this.#options.rules,
    })
  }

  async #call(text: string, seen: SeenCall): Promise<Passed> {
    const { id } = seen.message
    const opening = this.#inScope(() =>
      openSeenCall(text, { ...seen, ...this.#parties() }, this.#options),
    )
    this.#opening.set(id, opening)
    try {
      const { call, forward, refused } = await opening
      if (refused !== undefined)
        return {
          forward: undefined,
          answers: [refusal(id, refused)],
          ids: [],
          refusedBy: refused.code,
        }
      if (call === undefined) return { forward, answers: [], ids: [] }
      this.#calls.set(id, call)
      this.#inputAnswers(seen.message.params, call)
      return { forward, answers: [], ids: [id] }
    } finally {
      if (this.#opening.get(id) === opening) void this.#opening.take(id)
    }
  }

  #parties(): Parties {
    return { client: this.#client, serverInfo: this.#serverInfo, protocol: this.#protocol }
  }

  #response({ id, result, error }: Message & { kind: 'response' }): void {
    if (this.#initializing.delete(id)) {
      this.#serverInfo = memberOf(result, 'serverInfo')
      this.#protocol = textOf(result, 'protocolVersion')
    }
    const info = memberOf(memberOf(result, '_meta'), 'io.modelcontextprotocol/serverInfo')
    if (info !== undefined) this.#serverInfo = info
    const task = this.#taskResults.take(id)
    const call = task === undefined ? this.#calls.take(id) : this.#tasks.take(task)
    if (call === undefined) return
    const created = textOf(memberOf(result, 'task'), 'taskId')
    if (created !== '' && task === undefined) {
      this.#tasks.set(created, call)
      return
    }
    for (const [key, value] of Object.entries(inputRequests(result))) {
      const asked = readAskedBack(value)
      if (asked !== undefined) this.#inputs.set(key, asked)
    }
    call.end(endOfResponse(result, error))
  }

  async #notified({ method, params }: Message & { kind: 'notification' }): Promise<void> {
    const { requestId } = params
    if (method !== 'notifications/cancelled') return
    if (typeof requestId !== 'string' && typeof requestId !== 'number') return
    // A call whose intent is on its way is cancelled once it is under way.
    await this.#opening.get(requestId)
    this.#calls.take(requestId)?.end(endOfCancelled(textOf(params, 'reason')))
  }

  /** A server's question belongs to the call under way, where there is only one; else to the run. */
  #askedBack({ id, method, params }: Request): void {
    const asked = readAskedBack({ method, params })
    if (asked !== undefined) this.#asked.set(id, { ...asked, call: this.#calls.only() })
  }

  #answered({ id, result, error }: Message & { kind: 'response' }): void {
    const asked = this.#asked.take(id)
    if (asked === undefined) return
    const record = (): void => {
      recordAnswer(asked, result, error !== undefined)
    }
    if (asked.call === undefined) this.#inScope(record)
    else asked.call.within(record)
  }

  #inputAnswers(params: Readonly<Record<string, unknown>>, call: OpenCall): void {
    const answers = params['inputResponses']
    if (!isObject(answers)) return
    for (const [key, answer] of Object.entries(answers).slice(0, pendingMax)) {
      const asked = this.#inputs.take(key)
      if (asked === undefined) continue
      call.within(() => {
        recordAnswer(asked, answer, false)
      })
    }
  }
}

function inputRequests(result: unknown): Readonly<Record<string, unknown>> {
  const requests = memberOf(result, 'inputRequests')
  return isObject(requests) ? requests : {}
}

function refusal(id: MessageId, { code, text }: Refused): string {
  const error = { code: errorCodes[code], message: `${code}: ${text}`, data: { code } }
  return JSON.stringify({ jsonrpc: '2.0', id, error })
}
