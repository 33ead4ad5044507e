import { setTimeout as sleep } from 'node:timers/promises'
import { sendBody } from '@whodid/hooks'
import type { BodyAnswer } from '@whodid/hooks'
import type { Ledger } from '../run-options.ts'

/** The agent that a ticket is for. */
export interface TicketRequest {
  readonly ledger: Ledger
  readonly template: string
  /** Undefined below another run: the collector then makes the ID. */
  readonly instance: string | undefined
  readonly mayLaunch: readonly string[]
  /** The person for whom it acts; '' where nobody is named. The agent chooses no other for its instance token. */
  readonly delegator: string
  readonly delegatorIssuer: string
}

/**
 * The state of a ticket: `bound` holds a credential; `refused` will get none, and the run sends with the token it was started with;
 * `away` is asked again.
 */
export type TicketState = 'away' | 'bound' | 'refused'

/** Milliseconds that one request for a credential may take. */
const requestTimeoutMs = 2_000
/** Longest that a credential is used before it is renewed, in milliseconds; it lasts twice as long. */
const renewMs = 30 * 60_000
const lifetimeS = (2 * renewMs) / 1000

/** The short-lived credential of one run: asked for, renewed, and ended with the run. It never leaves this process. */
export class LaunchTicket {
  readonly #request: TicketRequest
  #state: TicketState = 'away'
  #credential = ''
  #instance: string | undefined
  #renewing: NodeJS.Timeout | undefined
  /** The reason for which the collector refused; '' when it did not. */
  refusal = ''

  constructor(request: TicketRequest) {
    this.#request = request
    this.#instance = request.instance
  }

  get state(): TicketState {
    return this.#state
  }

  /** The instance that the credential names; undefined while the collector is still to name it. */
  get instance(): string | undefined {
    return this.#instance
  }

  /** Settles the instance where the collector named none. */
  settleInstance(instance: string): string {
    return (this.#instance ??= instance)
  }

  /** The header to send with. */
  get authorization(): string {
    return `Bearer ${this.#state === 'bound' ? this.#credential : this.#request.ledger.token}`
  }

  /** Asks for the credential; one that was there before is replaced. Never throws. */
  async obtain(): Promise<TicketState> {
    const { template, mayLaunch, delegator, delegatorIssuer } = this.#request
    const may = mayLaunch.includes('*') ? '*' : mayLaunch
    const asked = {
      template,
      instance: this.#instance,
      may_launch: may,
      lifetime_s: lifetimeS,
      ...(delegator === '' ? {} : { delegator: { id: delegator, issuer: delegatorIssuer } }),
    }
    const answer = await this.#ask(`Bearer ${this.#request.ledger.token}`, asked)
    if (answer === undefined || answer.status === 429 || answer.status >= 500) return this.#state
    const { credential, instance, message } = fieldsOf(answer.body)
    if (answer.status !== 201 || credential === '') {
      this.#state = 'refused'
      this.refusal = message === '' ? `HTTP ${answer.status}` : message
      return this.#state
    }
    this.#state = 'bound'
    this.#credential = credential
    this.#instance ??= instance
    this.#renewing ??= setInterval(() => void this.#renew(), renewMs).unref()
    return this.#state
  }

  /** Gives the credential back. */
  async end(): Promise<void> {
    clearInterval(this.#renewing)
    if (this.#state !== 'bound') return
    const headers = { authorization: this.authorization, 'content-type': 'application/json' }
    const url = this.#url()
    const ended = sendBody({
      url,
      method: 'DELETE',
      headers,
      body: '',
      timeoutMs: requestTimeoutMs,
    })
    await Promise.race([
      ended.catch(() => undefined),
      sleep(requestTimeoutMs, undefined, { ref: false }),
    ])
  }

  async #renew(): Promise<void> {
    const answer = await this.#ask(this.authorization, { renew: true, lifetime_s: lifetimeS })
    if (answer?.status === 401) await this.obtain()
  }

  async #ask(authorization: string, body: object): Promise<BodyAnswer | undefined> {
    const headers = { authorization, 'content-type': 'application/json' }
    try {
      const text = JSON.stringify(body)
      return await sendBody({ url: this.#url(), headers, body: text, timeoutMs: requestTimeoutMs })
    } catch {
      // The collector is away; it is asked again with the next batch.
      return undefined
    }
  }

  #url(): string {
    return `${this.#request.ledger.endpoint}/v1/launch-credentials`
  }
}

function fieldsOf(body: Buffer): Record<'credential' | 'instance' | 'message', string> {
  let parsed: unknown
  try {
    parsed = JSON.parse(body.toString('utf8'))
  } catch {
    // Whatever answered there is no collector of Whodid.
  }
  const text = (name: string): string => {
    const value: unknown =
      typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined
    return typeof value === 'string' ? value : ''
  }
  return { credential: text('credential'), instance: text('instance'), message: text('message') }
}
