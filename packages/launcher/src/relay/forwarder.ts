import { hookSpools, sendBody, Spool } from '@whodid/hooks'
import type { BodyAnswer, SpooledBody } from '@whodid/hooks'
import type { Ledger } from '../run-options.ts'
import type { LaunchTicket } from './launch-ticket.ts'

/** Milliseconds that the ledger has to take one body. */
const forwardTimeoutMs = 5_000
/** Milliseconds between two attempts while the ledger is away; doubled each time up to the second. */
const retryMs = 500
const retryMsMax = 15_000

/** The parts of a forwarder. */
export interface ForwarderDeps {
  readonly ledger: Ledger
  readonly ticket: LaunchTicket
  readonly spool: Spool
  /** Says something to the person, once for each text. */
  readonly notify: (message: string) => void
}

/** The fate of a body: the ledger's answer, or `spooled`, or `lost`. */
export type Forwarded = BodyAnswer | 'spooled' | 'lost'

/**
 * Sends bodies on to the ledger under the run's credential, unchanged. While the ledger is away they wait in the spool; past its
 * bound they are lost and counted. Never throws.
 */
export class Forwarder {
  readonly #deps: ForwarderDeps
  #isAway = false
  #lostCount = 0
  #delayMs = retryMs
  #retry: NodeJS.Timeout | undefined
  #draining: Promise<void> | undefined
  #underWay = new Set<Promise<unknown>>()

  constructor(deps: ForwarderDeps) {
    this.#deps = deps
  }

  /** Bodies that were lost: refused by the ledger, or the spool was full. */
  get lostCount(): number {
    return this.#lostCount
  }

  /** Sends a body, or keeps it. */
  async forward(body: SpooledBody): Promise<Forwarded> {
    const work = this.#forward(body)
    this.#underWay.add(work)
    try {
      return await work
    } finally {
      this.#underWay.delete(work)
    }
  }

  /** Resolves when nothing is under way and the spool is empty, or after `timeoutMs`. Returns the number of bodies that still wait. */
  async flush(timeoutMs: number): Promise<number> {
    clearTimeout(this.#retry)
    const all = async (): Promise<void> => {
      while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
      if (!this.#deps.spool.isEmpty) await this.#drain()
    }
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
    await Promise.race([all(), timeout])
    clearTimeout(timer)
    clearTimeout(this.#retry)
    return this.#deps.spool.isEmpty ? 0 : this.#deps.spool.count()
  }

  /** Forwards what the hooks of a run could not send, and removes their files. */
  async forwardHooks(directory: string): Promise<void> {
    for (const path of hookSpools(directory)) {
      const waiting = new Spool(path)
      await waiting.drain(async (body) => (await this.forward(body)) !== 'lost')
      if (waiting.isEmpty) waiting.remove()
    }
  }

  async #forward(body: SpooledBody): Promise<Forwarded> {
    if (this.#isAway) return this.#keep(body)
    const answer = await this.#send(body)
    if (answer === undefined) {
      this.#goAway()
      return this.#keep(body)
    }
    if (answer.status >= 400) this.#lose(`the ledger refused a record (${answer.status})`)
    return answer
  }

  /** Undefined when the ledger did not take it now, and may later. */
  async #send({ path, contentType, encoding, body }: SpooledBody): Promise<BodyAnswer | undefined> {
    const { ledger, ticket } = this.#deps
    if (ticket.state === 'away' && (await ticket.obtain()) === 'away') return undefined
    const post = async (): Promise<BodyAnswer> =>
      sendBody({
        url: `${ledger.endpoint}${path}`,
        headers: {
          authorization: ticket.authorization,
          'content-type': contentType,
          ...(encoding === '' ? {} : { 'content-encoding': encoding }),
        },
        body,
        timeoutMs: forwardTimeoutMs,
      })
    try {
      let answer = await post()
      // A credential that ended early, because the collector was set up anew: asked for once more.
      if (answer.status === 401 && (await ticket.obtain()) === 'bound') answer = await post()
      return answer.status === 429 || answer.status >= 500 ? undefined : answer
    } catch {
      return undefined
    }
  }

  #keep(body: SpooledBody): 'spooled' | 'lost' {
    if (this.#deps.spool.add(body)) return 'spooled'
    this.#lose('the spool is full or cannot be written')
    return 'lost'
  }

  #lose(why: string): void {
    this.#lostCount += 1
    this.#deps.notify(`records are lost: ${why}`)
  }

  #goAway(): void {
    if (this.#isAway) return
    this.#isAway = true
    this.#deps.notify(
      `the ledger at ${this.#deps.ledger.endpoint} does not answer; records are kept until it does, and the agent runs on`,
    )
    this.#schedule()
  }

  #schedule(): void {
    this.#retry = setTimeout(() => void this.#drain(), this.#delayMs).unref()
    this.#delayMs = Math.min(this.#delayMs * 2, retryMsMax)
  }

  /** Sends what waits. One drain at a time. */
  #drain(): Promise<void> {
    return (this.#draining ??= this.#drainOnce().finally(() => (this.#draining = undefined)))
  }

  async #drainOnce(): Promise<void> {
    clearTimeout(this.#retry)
    await this.#deps.spool.drain(async (body) => {
      const answer = await this.#send(body)
      if (answer === undefined) return false
      if (answer.status >= 400) this.#lose(`the ledger refused a record (${answer.status})`)
      return true
    })
    if (this.#deps.spool.isEmpty) {
      this.#isAway = false
      this.#delayMs = retryMs
    } else this.#schedule()
  }
}
