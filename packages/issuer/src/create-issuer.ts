import { createHash, randomUUID } from 'node:crypto'
import { createIssuerKeys, createSeenIds, decideExchange } from '@whodid/identity'
import { mintDelegatedToken, RefusedToken } from '@whodid/identity'
import type {
  DecidedExchange,
  ExchangeDeps,
  TemplateCeiling,
  TrustedIssuer,
} from '@whodid/identity'
import type { CryptoKey, JWK } from 'jose'
import { issuerLimits } from './issuer-limits.ts'
import { readBody, readExchange } from './read-exchange.ts'
import type { ReadExchange } from './read-exchange.ts'
import { RefusedExchange, refusedFor } from './refused-exchange.ts'

/** An exchange that was judged, for the record. It holds no token. */
export type JudgedExchange =
  | {
      readonly outcome: 'issued'
      readonly decided: DecidedExchange
      readonly tokenId: string
      readonly expiresAtS: number
    }
  | {
      readonly outcome: 'refused'
      /** Stable. */
      readonly reason: string
      readonly audience: string | undefined
      readonly scopes: readonly string[]
      /** SHA-256 of the tokens, hex; undefined where the request had none. */
      readonly actorTokenSha256: string | undefined
      readonly subjectTokenSha256: string | undefined
      /** The template that the token claims, whether or not anything of it is true. */
      readonly claimedTemplate: string | undefined
    }

/** The parts of an issuer. */
export interface IssuerOptions extends Pick<ExchangeDeps, 'trustDomain' | 'standingOf'> {
  /** The issuer's name, without a slash at its end. The endpoint is `<url>/token`, the keys are at `<url>/keys`. */
  readonly url: string
  readonly privateKey: CryptoKey
  /** Public, with its ID. */
  readonly publicKey: JWK
  /** The audience that the tokens of instances and of persons are for. */
  readonly audience: string
  /** The issuers of instance tokens, and those of persons' tokens. */
  readonly instanceIssuers: readonly TrustedIssuer[]
  readonly subjectIssuers: readonly TrustedIssuer[]
  /** Returns true for an instance token that is registered for the tenant of this issuer: the token itself names none. */
  readonly isRegistered: (actorToken: string) => boolean
  /** The ceiling of a template at this time; undefined where it is not registered, or its registration has ended. */
  readonly ceilingOf: (template: string) => Promise<TemplateCeiling | undefined>
  /** Puts an exchange on record; resolves when that is durable. No token leaves before. */
  readonly record: (judged: JudgedExchange) => Promise<void>
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Seconds since 1970. */
  readonly nowS: () => number
  /** Told of a failure that is answered with a 5xx status. */
  readonly onFailure: (message: string) => void
}

/** The exchange service, as a function from request to response. */
export interface Issuer {
  /** Undefined for a path that is none of the issuer's. */
  readonly fetch: (request: Request) => Promise<Response> | undefined
}

/** Makes the exchange service (RFC 8693). Every request that is judged is on record before it is answered. It does not listen. */
export function createIssuer(options: IssuerOptions): Issuer {
  const { url, publicKey } = options
  const base = new URL(url).pathname.replace(/\/$/u, '')
  const judge = createJudge(options)
  const admit = createAdmission(options.nowS)
  const answer = async (request: Request): Promise<Response> => {
    try {
      // Before it is admitted: a sender that is slow keeps nobody else waiting.
      const text = await readBody(request)
      return await admit(() => judge(request, text))
    } catch (thrown) {
      if (!(thrown instanceof RefusedExchange)) throw thrown
      return refusalOf(thrown.status, thrown.error, `${thrown.reason}: ${thrown.message}`)
    }
  }
  return {
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      if (pathname === `${base}/keys` && request.method === 'GET')
        return Promise.resolve(json(200, { keys: [publicKey] }, 'public, max-age=300'))
      if (pathname !== `${base}/token`) return undefined
      if (request.method !== 'POST')
        return Promise.resolve(refusalOf(405, 'invalid_request', 'the endpoint takes POST'))
      return answer(request)
    },
  }
}

/** Turns requests away, unjudged, beyond as many as the service and its log can bear. */
function createAdmission(nowS: () => number) {
  let running = 0
  let second = 0
  let begun = 0
  return async (judge: () => Promise<Response>): Promise<Response> => {
    const now = Math.floor(nowS())
    if (now !== second) [second, begun] = [now, 0]
    if (running >= issuerLimits.atOnceMax || begun >= issuerLimits.perSecondMax)
      return refusalOf(429, 'temporarily_unavailable', 'too many exchanges; try again in a second')
    begun += 1
    running += 1
    try {
      return await judge()
    } finally {
      running -= 1
    }
  }
}

type Judge = (request: Request, text: string) => Promise<Response>

function createJudge(options: IssuerOptions): Judge {
  const { url, publicKey, record, nowS } = options
  const own = { issuer: url, keys: [publicKey] }
  const trusted = [...options.instanceIssuers, ...options.subjectIssuers, own]
  const keys = createIssuerKeys(trusted, { fetch: options.fetch, nowS })
  const deps = { ...options, keys, seen: createSeenIds() }
  return async (request, text) => {
    let read: ReadExchange | undefined
    try {
      read = readExchange(request, text, `${url}/token`)
      const decided = await decide(read, deps)
      return await issue(decided, options)
    } catch (thrown) {
      const refused = asRefused(thrown)
      if (refused === undefined) {
        options.onFailure(thrown instanceof Error ? thrown.message : 'unknown failure')
        return refusalOf(
          503,
          'temporarily_unavailable',
          'the exchange can be neither decided nor recorded now',
        )
      }
      const refusal = refusedOf(refused.reason, read)
      try {
        await record(refusal)
      } catch (failed) {
        options.onFailure(failed instanceof Error ? failed.message : 'unknown failure')
      }
      return refusalOf(refused.status, refused.error, `${refused.reason}: ${refused.message}`)
    }
  }
}

type JudgeDeps = IssuerOptions & Pick<ExchangeDeps, 'keys' | 'seen'>

async function decide(read: ReadExchange, deps: JudgeDeps): Promise<DecidedExchange> {
  const claimed = claimedTemplateOf(read.actorToken)
  // The token is not verified yet: this only says which registration is looked up, and it counts for no other template.
  const ceiling = claimed === undefined ? undefined : await deps.ceilingOf(claimed)
  const decided = await decideExchange(read, {
    ...deps,
    issuer: deps.url,
    subjectIssuers: deps.subjectIssuers.map(({ issuer }) => issuer),
    ceilingOf: (template) => (template === claimed ? ceiling : undefined),
    taskScopesOf: () => read.scopes,
    nowS: deps.nowS(),
  })
  if (!deps.isRegistered(read.actorToken))
    throw new RefusedExchange('invalid_request', {
      reason: 'not_registered',
      message: 'the token of the actor is not registered here for this tenant',
    })
  const { requestedActor } = read
  const { identity, template } = decided.instance
  if (requestedActor !== undefined && requestedActor !== identity && requestedActor !== template)
    throw new RefusedExchange('invalid_request', {
      reason: 'actor_not_allowed',
      message: '"requested_actor" names another than the token of the actor',
    })
  return decided
}

async function issue(decided: DecidedExchange, options: IssuerOptions): Promise<Response> {
  const { url, privateKey, publicKey } = options
  const { lifetimeS } = issuerLimits
  const tokenId = randomUUID()
  const nowS = Math.floor(options.nowS())
  const token = await mintDelegatedToken(decided.grant, {
    issuer: url,
    keyId: publicKey.kid ?? '',
    privateKey,
    id: tokenId,
    nowS,
    lifetimeS,
  })
  await options.record({ outcome: 'issued', decided, tokenId, expiresAtS: nowS + lifetimeS })
  const { scopes, details } = decided.grant
  return json(200, {
    access_token: token,
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'DPoP',
    expires_in: lifetimeS,
    scope: scopes.join(' '),
    ...(details.length === 0 ? {} : { authorization_details: details }),
  })
}

function asRefused(thrown: unknown): RefusedExchange | undefined {
  if (thrown instanceof RefusedExchange) return thrown
  if (!(thrown instanceof RefusedToken)) return undefined
  const { refusal } = thrown
  return refusedFor(refusal, thrown.message.replace(`${refusal}: `, ''))
}

function refusedOf(reason: string, read: ReadExchange | undefined): JudgedExchange {
  const sha256 = (token: string | undefined): string | undefined =>
    token && createHash('sha256').update(token).digest('hex')
  return {
    outcome: 'refused',
    reason,
    audience: read?.audience,
    scopes: read?.scopes ?? [],
    actorTokenSha256: sha256(read?.actorToken),
    subjectTokenSha256: sha256(read?.subjectToken),
    claimedTemplate: read && claimedTemplateOf(read.actorToken),
  }
}

/** Characters of a template's name that are looked at. */
const templateLengthMax = 512

/** The template that a token names, whether or not anybody signed it. */
function claimedTemplateOf(token: string): string | undefined {
  try {
    const part = token.length > issuerLimits.bodyBytesMax ? '' : (token.split('.')[1] ?? '')
    const claims: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    const isObject = typeof claims === 'object' && claims !== null
    const named: unknown = isObject ? Reflect.get(claims, 'client_id') : undefined
    return typeof named === 'string' && named.length <= templateLengthMax ? named : undefined
  } catch {
    // No token: it is refused when it is verified.
    return undefined
  }
}

function refusalOf(status: number, error: string, text: string): Response {
  // RFC 6749 allows printable ASCII without the quote and the backslash.
  const description = text.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu, "'").slice(0, 300)
  return json(status, { error, error_description: description })
}

function json(status: number, body: object, cache = 'no-store'): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': cache,
      'x-content-type-options': 'nosniff',
      ...(status === 429 || status === 503 ? { 'retry-after': '1' } : {}),
    },
  })
}
