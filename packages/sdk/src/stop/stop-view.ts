import type { Actor } from '../context/identity.ts'

/** An order to stop, pause or resume, as the stream tells it. */
export interface StopOrder {
  readonly seq: number
  /** Random: nobody knows it before the order is given. */
  readonly id: string
  readonly action: 'revoke' | 'pause' | 'resume'
  readonly target: { readonly kind: string; readonly id: string }
  readonly cascade: boolean
}

/** The state of an agent that may not act. */
export type Stopped = 'revoked' | 'paused'

/** A stop that is in force. */
export interface Stop {
  readonly state: Stopped
  /** ID of the order. */
  readonly order: string
}

/** A view without a sign of life for this long, in milliseconds, is not relied on. */
export const viewAgeMsMax = 10_000
/** Objects that are known to be stopped; with more, the view is not relied on. */
const stopsMax = 100_000

/**
 * The orders that are in force, as far as this process has been told.
 *
 * @example
 * const view = new StopView()
 * followStops(view, source)
 * if (view.stopOf(actor) === 'revoked') process.exit(1)
 */
export class StopView {
  readonly #stops = new Map<string, Stop & { readonly cascade: boolean }>()
  readonly #watched = new Set<{ readonly actor: Actor; readonly abort: AbortController }>()
  readonly #waiting = new Set<() => void>()
  #signMs = Number.NEGATIVE_INFINITY
  #seq = 0
  #newestOrder = ''
  #isGivenUp = false

  /** The number of the newest order that was told. */
  get seq(): number {
    return this.#seq
  }

  /** The ID of the newest order that was told; '' where there is none. */
  get newestOrder(): string {
    return this.#newestOrder
  }

  /** True when somebody has waited for news in vain, and none has come since. */
  get isGivenUp(): boolean {
    return this.#isGivenUp
  }

  /** Takes the next order. Returns false where one before it is missing. */
  take({ seq, id, action, target, cascade }: StopOrder): boolean {
    if (seq !== this.#seq + 1) return false
    this.#seq = seq
    this.#newestOrder = id
    const key = `${target.kind}:${target.id}`
    const known = this.#stops.get(key)
    // Nothing ends a revocation.
    if (known?.state !== 'revoked') {
      if (action === 'resume') this.#stops.delete(key)
      else
        this.#stops.set(key, {
          state: action === 'revoke' ? 'revoked' : 'paused',
          order: id,
          cascade,
        })
    } else if (cascade && !known.cascade && action === 'revoke')
      this.#stops.set(key, { ...known, cascade })
    for (const { actor, abort } of this.#watched)
      if (this.stopOf(actor) !== undefined) abort.abort(new Error(`the agent is ${action}d`))
    return true
  }

  /** Notes that the stream is alive and that nothing is missing up to now. */
  sign(): void {
    this.#signMs = performance.now()
    this.#isGivenUp = false
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** Forgets everything: the service has other orders than those that were told. */
  forget(): void {
    this.#stops.clear()
    this.#seq = 0
    this.#newestOrder = ''
    this.#signMs = Number.NEGATIVE_INFINITY
  }

  /** True when the view can be relied on now. */
  isFresh(): boolean {
    return performance.now() - this.#signMs <= viewAgeMsMax && this.#stops.size <= stopsMax
  }

  /** Resolves when the view can be relied on, or after `timeoutMs`; true in the first case. */
  async fresh(timeoutMs: number): Promise<boolean> {
    if (this.isFresh()) return true
    await new Promise<void>((resolve) => {
      const timer = setTimeout(wake, timeoutMs)
      const waiting = this.#waiting
      function wake(): void {
        clearTimeout(timer)
        waiting.delete(wake)
        resolve()
      }
      waiting.add(wake)
    })
    this.#isGivenUp = !this.isFresh()
    return !this.#isGivenUp
  }

  /** The state of an agent that may not act; undefined for one that may, and for a person or a service, whom nothing stops. */
  stopOf(actor: Actor): Stopped | undefined {
    return this.stopBy(actor)?.state
  }

  /** As {@link stopOf}, with the order: the one that revokes, where there are several. */
  stopBy(actor: Actor): Stop | undefined {
    if (actor.type !== 'agent') return undefined
    const { agent, delegator, correlationId, grant } = actor
    const own = [
      `instance:${actor.id}`,
      `template:${agent?.template ?? ''}`,
      `agents_of:${delegator?.id ?? ''}`,
      `task:${correlationId}`,
      `delegation:${grant?.id ?? ''}`,
      `delegation:${grant?.parentId ?? ''}`,
    ].flatMap((key) => this.#stops.get(key) ?? [])
    const above = [...actor.chain, actor.parentInstanceId]
      .flatMap((id) => (id === actor.id ? [] : (this.#stops.get(`instance:${id}`) ?? [])))
      .filter(({ cascade }) => cascade)
    const stops = [...own, ...above]
    return stops.find(({ state }) => state === 'revoked') ?? stops[0]
  }

  /** A signal that aborts when the agent is stopped, and the function that ends the watch. */
  watch(actor: Actor): { readonly signal: AbortSignal; readonly release: () => void } {
    const entry = { actor, abort: new AbortController() }
    this.#watched.add(entry)
    return { signal: entry.abort.signal, release: () => this.#watched.delete(entry) }
  }
}
