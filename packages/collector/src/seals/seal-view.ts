import { identityLimits, RefusedToken } from '@whodid/identity'
import { readSeal, sealDigest, sealLimits, verifySeal } from '@whodid/identity/seal'
import type { ReadSeal } from '@whodid/identity/seal'
import { attribute } from '@whodid/model'
import type { SealableClaim, SealResult } from '@whodid/model'
import type { OtlpSpan, SpanBatch } from '../otlp/batch.ts'
import { compareClaims } from './compare-claims.ts'
import type { SaidClaims } from './compare-claims.ts'
import { textOf } from './attribute-text.ts'
import { isCovered } from './is-covered.ts'
import type { RegisteredToken } from './instance-tokens.ts'
import type { StandingOf } from './open-identity.ts'

/** The registered tokens, and whether their agents are stopped. */
export interface SealDeps {
  readonly find: (tokenHash: string) => RegisteredToken | undefined
  readonly standingOf: StandingOf
  readonly nowS: number
}

/** The attributes that the collector alone writes; see `sealResults`. */
export interface SealMark {
  readonly result: SealResult
  readonly token: RegisteredToken | undefined
  readonly claims: readonly SealableClaim[]
  /** The seal of the span that carries it, where it could be read; kept whole. */
  readonly jws: string | undefined
  /** `<trace>-<span>` of the span whose seal covers this one. */
  readonly seal?: string | undefined
}

/** A seal of the request, judged. */
interface JudgedSeal {
  /** `<trace>-<span>` of the span that carries it. */
  readonly ref: string
  /** `verified`, or the reason why it covers nothing. */
  readonly result: SealResult
  readonly jws: string
  readonly seal: ReadSeal | undefined
  readonly token: RegisteredToken | undefined
}

/** The seals of one request, verified; asked for each of its spans. */
export class SealView {
  readonly #deps: SealDeps
  readonly #tenant: string
  readonly #exporter: string
  readonly #byId = new Map<string, JudgedSeal>()
  /** The seals that hold, by the spans that they name. */
  readonly #byLeaf = new Map<string, JudgedSeal[]>()

  /** Finds and verifies the seals of a request, at most `sealLimits.perRequestMax`. */
  constructor(
    batch: SpanBatch,
    { name, tenant }: { readonly name: string; readonly tenant: string },
    deps: SealDeps,
  ) {
    this.#deps = deps
    this.#tenant = tenant
    this.#exporter = name
    for (const { items } of batch)
      for (const span of items) {
        const jws = span.attributes.get(attribute.sealJws)
        if (typeof jws === 'string') this.#take(idOf(span), jws)
      }
  }

  /** The known facts of a span; undefined where it neither is sealed nor names a token. */
  markOf(said: SaidClaims): SealMark | undefined {
    const { span } = said
    const own = this.#byId.get(idOf(span))
    if (own !== undefined)
      return {
        result: own.result,
        token: own.token,
        claims: [],
        jws: own.seal === undefined ? undefined : own.jws,
      }
    const named = textOf(span.attributes, attribute.sealId)
    const covering = this.#coveringOf(span, named)
    if (covering !== undefined) return { ...this.#markOfSealed(covering, said), seal: covering.ref }
    const tokenHash = textOf(span.attributes, attribute.identityToken)
    if (tokenHash !== '') {
      const token = this.#deps.find(tokenHash)
      const result = this.#resultOfNamed(token)
      if (result === 'unsealed' && token !== undefined) return this.#marked(result, token, said)
      if (named === '') return { result, token: undefined, claims: [], jws: undefined }
    }
    return named === ''
      ? undefined
      : { result: 'absent', token: undefined, claims: [], jws: undefined }
  }

  /**
   * The seal of a span: the one that it names. Any other that lists it counts only where it is by the instance that the span is of, since
   * anybody can list the span of another.
   */
  #coveringOf(span: OtlpSpan, named: string): JudgedSeal | undefined {
    const own = this.#byId.get(named)
    if (own?.seal?.leaves.has(idOf(span)) === true) return own
    const instance = textOf(span.attributes, attribute.instanceId)
    const template = textOf(span.attributes, attribute.templateId)
    const listing = this.#byLeaf.get(idOf(span))?.find(({ token }) => {
      const isTemplate = template === '' || token?.instance.template === template
      return token?.instance.instance === instance && isTemplate
    })
    return listing ?? own
  }

  #markOfSealed({ seal, result, token }: JudgedSeal, said: SaidClaims): SealMark {
    const { span } = said
    const bare = { token, claims: [], jws: undefined }
    if (seal === undefined || token === undefined || result !== 'verified')
      return { ...bare, result }
    if (seal.leaves.get(idOf(span)) !== digestOf(span)) return { ...bare, result: 'mismatch' }
    return this.#marked('verified', token, said)
  }

  /** Compares the claims of a record with those of its token. */
  #marked(result: 'verified' | 'unsealed', token: RegisteredToken, said: SaidClaims): SealMark {
    const compared = compareClaims(token.instance, said)
    const isSealed = result === 'verified'
    const bare = { token, claims: [], jws: undefined }
    switch (compared.differs) {
      case 'instance':
        return { ...bare, result: isSealed ? 'other_instance' : 'other_token' }
      case 'delegator':
        return isSealed
          ? { ...bare, result: 'other_delegator' }
          : { ...bare, result, claims: compared.backed }
      case 'nothing':
        return { ...bare, result, claims: isSealed && !isCovered(said) ? [] : compared.backed }
    }
  }

  /** Takes the seal of a span; of one span the first counts. */
  #take(id: string, jws: string): void {
    if (this.#byId.has(id)) return
    const judged: JudgedSeal = {
      ref: id,
      ...(this.#byId.size >= sealLimits.perRequestMax ? tooMany(jws) : this.#judge(jws)),
    }
    this.#byId.set(id, judged)
    if (judged.result !== 'verified') return
    for (const leaf of judged.seal?.leaves.keys() ?? [])
      this.#byLeaf.set(leaf, [...(this.#byLeaf.get(leaf) ?? []), judged])
  }

  #judge(jws: string): Omit<JudgedSeal, 'ref'> {
    let seal: ReadSeal
    try {
      seal = readSeal(jws)
    } catch (thrown) {
      if (!(thrown instanceof RefusedToken)) throw thrown
      return { result: 'malformed', jws, seal: undefined, token: undefined }
    }
    const token = this.#deps.find(seal.tokenHash)
    if (token === undefined || token.tenant !== this.#tenant)
      return { result: 'unknown_key', jws, seal, token: undefined }
    return { result: this.#resultOf(jws, seal, token), jws, seal, token }
  }

  #resultOf(jws: string, seal: ReadSeal, token: RegisteredToken): SealResult {
    const { instance, publicKey } = token
    if (seal.keyThumbprint !== instance.thumbprint || !verifySeal(seal, publicKey))
      return 'bad_signature'
    if (seal.issuer !== instance.identity) return 'other_instance'
    const { skewS } = identityLimits
    const { nowS } = this.#deps
    if (nowS >= instance.expiresAtS + skewS) return 'expired'
    if (seal.issuedAtS > nowS + skewS || seal.issuedAtS < instance.issuedAtS - skewS)
      return 'wrong_time'
    if (!this.#isActive(token)) return 'revoked'
    return token.takeSeal(seal.seq, jws) ? 'verified' : 'replayed'
  }

  #isActive({ instance }: RegisteredToken): boolean {
    const { template, delegator, task, ancestors, tokenId } = instance
    const agent = {
      instance: instance.instance,
      template,
      delegator: delegator?.id,
      task,
      ancestors: ancestors ?? [],
      credentials: [tokenId],
    }
    const found = this.#deps.standingOf(agent, this.#tenant)
    return found?.standing === 'active'
  }

  /** The finding about a span that only names a token: `unsealed` where the token is its own sender's, and counts now. */
  #resultOfNamed(token: RegisteredToken | undefined): SealResult {
    if (token === undefined || token.tenant !== this.#tenant) return 'unknown_key'
    if (token.exporter !== this.#exporter) return 'other_token'
    if (this.#deps.nowS >= token.instance.expiresAtS + identityLimits.skewS) return 'expired'
    return this.#isActive(token) ? 'unsealed' : 'revoked'
  }
}

/** The digest of a span as it came. */
function digestOf(span: OtlpSpan): string {
  const { attributes } = span
  return sealDigest({
    traceId: span.traceIdHex,
    spanId: span.spanIdHex,
    parentSpanId: /^0*$/u.test(span.parentSpanIdHex) ? '' : span.parentSpanIdHex,
    startUnixNs: span.startUnixNs,
    endUnixNs: span.endUnixNs,
    instance: textOf(attributes, attribute.instanceId),
    template: textOf(attributes, attribute.templateId),
    delegator: textOf(attributes, attribute.delegatorId),
    delegatorIssuer: textOf(attributes, attribute.delegatorIssuer),
    correlation: textOf(attributes, attribute.correlationId),
    credential: textOf(attributes, attribute.credentialId),
    verb: textOf(attributes, attribute.actionVerb),
    resource: textOf(attributes, attribute.resourceId),
    argumentsHash: textOf(attributes, attribute.toolArgumentsHash),
    resultHash: textOf(attributes, attribute.toolResultHash),
    kind: textOf(attributes, attribute.recordKind),
    actorType: textOf(attributes, attribute.actorType),
    delegatorType: textOf(attributes, attribute.delegatorType),
    actionId: textOf(attributes, attribute.actionId),
    outcome: textOf(attributes, attribute.actionOutcome),
    parentInstance: textOf(attributes, attribute.instanceParentId),
    tool: textOf(attributes, attribute.toolName),
    prompt: textOf(attributes, attribute.promptRef),
  })
}

function tooMany(jws: string): Omit<JudgedSeal, 'ref'> {
  return { result: 'too_many', jws, seal: undefined, token: undefined }
}

function idOf({ traceIdHex, spanIdHex }: OtlpSpan): string {
  return `${traceIdHex}-${spanIdHex}`
}
