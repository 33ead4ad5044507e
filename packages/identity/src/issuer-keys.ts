import type { JWK } from 'jose'
import { claimOf, isClaims } from './claims.ts'
import { identityLimits } from './identity-limits.ts'
import { isPrivate } from './key-thumbprint.ts'
import { RefusedToken } from './refused-token.ts'

/** An issuer that is trusted, and its keys: given, or fetched from its key set. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly keys?: readonly JWK[]
  /** `https`, or `http` on loopback. */
  readonly keySetUrl?: string
}

/** Finds the keys of trusted issuers. */
export interface IssuerKeys {
  /** Throws {@link RefusedToken} `unknown_issuer`, `unknown_key`, `keys_unavailable`. */
  readonly keyOf: (issuer: string, keyId: string) => Promise<JWK>
}

/** The means of {@link createIssuerKeys}. */
export interface IssuerKeysDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Seconds since 1970. */
  readonly nowS: () => number
}

interface KeySet {
  readonly keys: readonly JWK[]
  readonly fetchedS: number
}

/**
 * Makes a finder of keys. A key set is fetched when it is first needed, at most once in 30 s, used for 5 minutes, and bounded in size
 * and time. An issuer that does not answer keeps the keys it had.
 */
export function createIssuerKeys(
  issuers: readonly TrustedIssuer[],
  deps: IssuerKeysDeps,
): IssuerKeys {
  const trusted = new Map(issuers.map((each) => [each.issuer, each]))
  const sets = new Map<string, KeySet>()
  const attempts = new Map<string, { readonly atS: number; readonly done: Promise<void> }>()
  const refresh = (issuer: string, url: string): Promise<void> => {
    const last = attempts.get(issuer)
    const nowS = deps.nowS()
    if (last !== undefined && nowS - last.atS < identityLimits.keySetPauseS) return last.done
    const done = fetchKeySet(url, deps.fetch).then((keys) => {
      sets.set(issuer, { keys, fetchedS: nowS })
    })
    attempts.set(issuer, { atS: nowS, done })
    return done
  }
  return {
    keyOf: async (issuer, keyId) => {
      const known = trusted.get(issuer)
      if (known === undefined) throw new RefusedToken('unknown_issuer', 'the issuer is not trusted')
      const given = findKey(known.keys ?? [], keyId)
      if (given !== undefined) return given
      const { keySetUrl } = known
      if (keySetUrl === undefined) throw unknownKey()
      const held = sets.get(issuer)
      const isFresh =
        held !== undefined && deps.nowS() - held.fetchedS < identityLimits.keySetAgeSMax
      const present = isFresh ? findKey(held.keys, keyId) : undefined
      if (present !== undefined) return present
      await refresh(issuer, keySetUrl)
      const found = findKey(sets.get(issuer)?.keys ?? [], keyId)
      if (found === undefined) throw unknownKey()
      return found
    },
  }
}

/** Two keys of one ID are ambiguous, and then none is used. */
function findKey(keys: readonly JWK[], keyId: string): JWK | undefined {
  const named = keys.filter(({ kid }) => kid === keyId)
  return named.length === 1 ? named[0] : undefined
}

async function fetchKeySet(url: string, fetchUrl: IssuerKeysDeps['fetch']): Promise<JWK[]> {
  try {
    checkUrl(url)
    const response = await fetchUrl(url, {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(identityLimits.fetchSMax * 1_000),
    })
    if (!response.ok) throw new Error(`the issuer answered ${response.status}`)
    return parseKeySet(await readBounded(response))
  } catch (thrown) {
    throw new RefusedToken('keys_unavailable', 'the key set of the issuer could not be read', {
      cause: thrown,
    })
  }
}

function checkUrl(text: string): void {
  const url = new URL(text)
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback))
    throw new Error('a key set is fetched over https only')
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // A web stream of a response gives its chunks as bytes.
  const body = response.body as AsyncIterable<Uint8Array> | null
  for await (const chunk of body ?? []) {
    bytes += chunk.length
    if (bytes > identityLimits.keySetBytesMax) throw new Error('the key set is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseKeySet(text: string): JWK[] {
  const set: unknown = JSON.parse(text)
  const keys = isClaims(set) ? claimOf(set, 'keys') : undefined
  if (!Array.isArray(keys) || keys.length > identityLimits.keysMax)
    throw new Error(`expected at most ${identityLimits.keysMax} keys`)
  return keys.filter(isClaims).filter((key) => !isPrivate(key))
}

function unknownKey(): RefusedToken {
  return new RefusedToken('unknown_key', 'the issuer has no such key, or more than one')
}
