import { generateKeyPairSync } from 'node:crypto'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { keyThumbprint, makeSeal, sealHash, sealLimits } from '@whodid/identity/seal'
import { attribute } from '@whodid/model'
import { requestToken } from './request-token.ts'
import type { InstanceKey, IssuedToken, TokenSource, TokenSubject } from './request-token.ts'
import { digestOfSpan, sealSpan, subjectOf, withAttributes } from './sealed-span.ts'

/** Instances of one process that are sealed at once; those past it send unsealed, and are counted. */
const instancesMax = 64
/** Longest that records wait for a token, in milliseconds. Without one they are sent unsealed. */
const tokenTimeoutMs = 1_000
/** A token is asked for anew this long before its end. */
const renewMs = 300_000
/** Least time between two requests for one instance that failed. */
const retryMs = 30_000

/** The parts that getting tokens takes. */
export interface SealerDeps {
  /** `…/v1/credentials`. */
  readonly url: string
  readonly token: string
  /** The number of the newest order to stop agents that is known; 0 where none is. */
  readonly seen: () => number
}

/** An instance, its key, its token, and the place in the chain of its seals. */
interface SealingInstance {
  readonly subject: TokenSubject
  readonly key: InstanceKey & { readonly thumbprint: string }
  token: IssuedToken | undefined
  asking: Promise<void> | undefined
  nextAskUnixMs: number
  seq: number
  prev: string
}

/** A span as it is sent, and the span of its seal. */
interface Sealed {
  readonly span: ReadableSpan
  readonly seal: ReadableSpan
}

/** The counts of what went out. */
export interface SealState {
  /** Records of agents that were sent without a seal: there was no token for them. */
  unsealed: number
  /** The reason for which the last token was not issued; '' where none was refused. */
  lastError: string
}

/**
 * Seals batches: one seal for each instance of a batch, by a key that is made here and never leaves the process. A record is sealed once, so
 * that a batch that is sent again is the same. Without a token records go out unsealed, late by at most a second.
 */
export class Sealer {
  readonly state: SealState = { unsealed: 0, lastError: '' }
  readonly #deps: SealerDeps
  readonly #instances = new Map<string, SealingInstance>()
  readonly #sealed = new WeakMap<ReadableSpan, Sealed | 'unsealed'>()

  constructor(deps: SealerDeps) {
    this.#deps = deps
  }

  /** Asks for the tokens that a batch needs, and waits for them within the bound. Never rejects. */
  async prepare(batch: readonly ReadableSpan[]): Promise<void> {
    const asking = new Set<Promise<void>>()
    for (const span of batch) {
      const subject = this.#sealed.has(span) ? undefined : subjectOf(span)
      const pending = subject && this.#ask(this.#instanceOf(subject))
      if (pending !== undefined) asking.add(pending)
    }
    await Promise.all(asking)
  }

  /** Returns how many of the first records one request may hold, since a collector verifies only so many seals in one. At least 1. */
  fittingCount(spans: readonly ReadableSpan[]): number {
    const countOf = new Map<unknown, number>()
    let seals = 0
    for (const [place, span] of spans.entries()) {
      const sealed = this.#sealed.get(span)
      const subject = sealed === undefined ? subjectOf(span) : undefined
      const key =
        sealed === undefined ? subject && nameOf(subject) : sealed !== 'unsealed' && sealed.seal
      if (key === undefined || key === false) continue
      const count = (countOf.get(key) ?? 0) + 1
      countOf.set(key, count)
      if (count === 1 || (sealed === undefined && count % sealLimits.leavesMax === 1)) seals += 1
      if (seals > sealLimits.perRequestMax) return Math.max(place, 1)
    }
    return spans.length
  }

  /** Returns a batch sealed, with the spans of its seals. What has no token stays as it is. */
  seal(batch: readonly ReadableSpan[]): ReadableSpan[] {
    this.#sealFresh(batch)
    const seals = new Set<ReadableSpan>()
    const spans = batch.map((span) => {
      const sealed = this.#sealed.get(span)
      if (sealed === undefined || sealed === 'unsealed') return span
      seals.add(sealed.seal)
      return sealed.span
    })
    return [...seals, ...spans]
  }

  #sealFresh(batch: readonly ReadableSpan[]): void {
    const groups = new Map<SealingInstance, ReadableSpan[]>()
    for (const span of batch) {
      const subject = this.#sealed.has(span) ? undefined : subjectOf(span)
      if (subject === undefined) continue
      const instance = this.#instanceOf(subject)
      if (instance === undefined || !hasToken(instance)) this.#leaveUnsealed(span)
      else groups.set(instance, [...(groups.get(instance) ?? []), span])
    }
    for (const [instance, spans] of groups)
      for (let start = 0; start < spans.length; start += sealLimits.leavesMax)
        this.#sealGroup(instance, spans.slice(start, start + sealLimits.leavesMax))
  }

  #leaveUnsealed(span: ReadableSpan): void {
    this.#sealed.set(span, 'unsealed')
    this.state.unsealed += 1
  }

  #sealGroup(instance: SealingInstance, spans: readonly ReadableSpan[]): void {
    const { token, subject, key } = instance
    const [first] = spans
    if (token === undefined || first === undefined) return
    const { ref, carry } = sealSpan(first, subject)
    const leaves = spans.map((span) => ({ ...span.spanContext(), digest: digestOfSpan(span) }))
    const jws = makeSeal(
      {
        issuer: token.identity,
        issuedAtS: Math.floor(Date.now() / 1000),
        seq: instance.seq + 1,
        prev: instance.prev,
        tokenHash: token.hash,
        seen: this.#deps.seen(),
        leaves,
      },
      key,
    )
    instance.seq += 1
    instance.prev = sealHash(jws)
    const seal = carry(jws)
    const added = { [attribute.sealId]: ref }
    for (const span of spans) this.#sealed.set(span, { span: withAttributes(span, added), seal })
  }

  #instanceOf(subject: TokenSubject): SealingInstance | undefined {
    const name = nameOf(subject)
    const known = this.#instances.get(name)
    if (known !== undefined) {
      // The one that was longest without a record is the first to be forgotten.
      this.#instances.delete(name)
      this.#instances.set(name, known)
      return known
    }
    if (this.#instances.size >= instancesMax && !this.#forgetIdle()) return undefined
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const thumbprint = keyThumbprint(publicKey.export({ format: 'jwk' }))
    const key = { privateKey, publicKey, thumbprint }
    const made = { subject, key, token: undefined, asking: undefined, nextAskUnixMs: 0 }
    const fresh: SealingInstance = { ...made, seq: 0, prev: '' }
    this.#instances.set(name, fresh)
    return fresh
  }

  #forgetIdle(): boolean {
    const [oldest] = [...this.#instances].filter(([, { asking }]) => asking === undefined)
    if (oldest === undefined) return false
    this.#instances.delete(oldest[0])
    return true
  }

  /** Asks for a token where there is none, or soon will be none; returns what must be waited for. */
  #ask(instance: SealingInstance | undefined): Promise<void> | undefined {
    if (instance === undefined) return undefined
    const { token, nextAskUnixMs } = instance
    const nowMs = Date.now()
    const isFresh = token !== undefined && token.expiresUnixMs - renewMs > nowMs
    if (!isFresh && nowMs >= nextAskUnixMs) instance.asking ??= this.#obtain(instance)
    return hasToken(instance) ? undefined : instance.asking
  }

  async #obtain(instance: SealingInstance): Promise<void> {
    const { url, token } = this.#deps
    const source: TokenSource = { url, token, timeoutMs: tokenTimeoutMs / 2 }
    try {
      instance.token = await requestToken(source, instance.subject, instance.key)
      instance.seq = 0
      instance.prev = ''
    } catch (thrown) {
      instance.nextAskUnixMs = Date.now() + retryMs
      this.state.lastError = thrown instanceof Error ? thrown.message : String(thrown)
    } finally {
      instance.asking = undefined
    }
  }
}

function nameOf({ template, instance, delegator, delegatorIssuer }: TokenSubject): string {
  return JSON.stringify([template, instance, delegator, delegatorIssuer])
}

function hasToken({ token }: SealingInstance): boolean {
  return token !== undefined && token.expiresUnixMs > Date.now()
}
