import { printableLine, WhodidError } from '@whodid/model'
import * as oidc from 'openid-client'
import { callbackPath } from './oidc-options.ts'
import type { OidcOptions } from './oidc-options.ts'
import type { PendingSignIn } from './pending-sign-ins.ts'
import type { Claims } from './reader-of-claims.ts'

/** The provider, as the console uses it. Every method throws `provider_failed` where it does not answer as OpenID Connect has it. */
export interface OidcProvider {
  /** The page of the provider that a person signs in at, and what its answer is held against. */
  readonly begin: (next: string) => Promise<{ readonly url: URL; readonly pending: PendingSignIn }>
  /**
   * The claims of the person, from the answer that the provider sent the browser back with. Throws `unauthenticated` for an answer that
   * is not to this sign-in, and for a refusal.
   */
  readonly finish: (search: string, pending: PendingSignIn) => Promise<Claims>
  /** The page of the provider that ends the person's session there; undefined where it has none. */
  readonly signOutUrl: () => Promise<URL | undefined>
}

/** Seconds for an answer of the provider. */
const timeoutS = 10

/** Milliseconds after which the provider's own description is read again: keys and endpoints change. */
const discoveryLifeMs = 3_600_000

/** Bytes of an answer of the provider. */
const answerBytesMax = 1_048_576

/** Makes the provider. Nothing is asked of it before somebody signs in. */
export function createOidcProvider(options: OidcOptions, now: () => number): OidcProvider {
  const redirectUri = `${options.consoleUrl}${callbackPath}`
  const configured = cached(() => discover(options), now)
  return {
    begin: (next) =>
      asked('to describe itself', async () => {
        const pending = {
          state: oidc.randomState(),
          nonce: oidc.randomNonce(),
          codeVerifier: oidc.randomPKCECodeVerifier(),
          next,
        }
        const url = oidc.buildAuthorizationUrl(await configured(), {
          redirect_uri: redirectUri,
          scope: options.scopes,
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(pending.codeVerifier),
          code_challenge_method: 'S256',
        })
        return { url, pending }
      }),
    finish: (search, pending) =>
      asked('to confirm the sign-in', async () => {
        const config = await configured()
        const tokens = await oidc.authorizationCodeGrant(
          config,
          new URL(`${redirectUri}${search}`),
          {
            expectedState: pending.state,
            expectedNonce: pending.nonce,
            pkceCodeVerifier: pending.codeVerifier,
            idTokenExpected: true,
          },
        )
        const claims = tokens.claims()
        if (claims === undefined)
          throw new WhodidError('provider_failed', 'the provider gave no ID token')
        if (claims[options.groupsClaim] !== undefined) return claims
        // Some providers keep an ID token small and tell the rest when they are asked.
        if (config.serverMetadata().userinfo_endpoint === undefined) return claims
        const more = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
        return { ...more, ...claims }
      }),
    signOutUrl: () =>
      asked('to describe itself', async () => {
        const config = await configured()
        if (config.serverMetadata().end_session_endpoint === undefined) return undefined
        return oidc.buildEndSessionUrl(config)
      }),
  }
}

async function discover(options: OidcOptions): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret } = options
  const isLocal = new URL(issuer).protocol === 'http:'
  return oidc.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret),
    {
      timeout: timeoutS,
      [oidc.customFetch]: boundedFetch,
      // The signature of an ID token is checked although it came over TLS from the provider itself.
      execute: [oidc.enableNonRepudiationChecks, ...(isLocal ? [oidc.allowInsecureRequests] : [])],
    },
  )
}

/** Asks the provider, and reads at most so much of the answer. */
const boundedFetch: oidc.CustomFetch = async (url, init) => {
  // The library's options are those of the platform, described once more.
  const answer = await fetch(url, init as RequestInit)
  const chunks: Uint8Array[] = []
  let bytes = 0
  // The platform types the chunks of a body as any; they are bytes (Fetch §2.2.4).
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) throw new Error(`an answer of more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  const { status, statusText, headers } = answer
  const hasBody = status !== 204 && status !== 304
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, statusText, headers })
}

/** Keeps what was made for an hour. A failure is not kept: the next sign-in tries again. */
function cached<Made>(make: () => Promise<Made>, now: () => number): () => Promise<Made> {
  let kept: { readonly made: Promise<Made>; readonly atMs: number } | undefined
  return () => {
    if (kept !== undefined && now() - kept.atMs <= discoveryLifeMs) return kept.made
    const made = make()
    const mine = { made, atMs: now() }
    kept = mine
    made.catch(() => {
      if (kept === mine) kept = undefined
    })
    return made
  }
}

/** Turns what the library threw into an error with a code. What the provider wrote is quoted as a line, never as markup. */
async function asked<Answer>(doing: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (thrown) {
    if (thrown instanceof WhodidError) throw thrown
    if (thrown instanceof oidc.AuthorizationResponseError) {
      const why = printableLine(thrown.error_description ?? thrown.error, 200)
      throw new WhodidError('unauthenticated', `the provider refused the sign-in: ${why}`, {
        cause: thrown,
      })
    }
    const code = thrown instanceof oidc.ClientError ? (thrown.code ?? '') : ''
    // A code that is used up, or that belongs to another browser's sign-in.
    const isSpent = thrown instanceof oidc.ResponseBodyError && thrown.error === 'invalid_grant'
    if (isSpent || answersToAnother.has(code))
      throw new WhodidError(
        'unauthenticated',
        'the answer of the provider is not to this sign-in; begin again',
        { cause: thrown },
      )
    const why = thrown instanceof Error ? printableLine(thrown.message, 200) : 'unknown failure'
    throw new WhodidError('provider_failed', `the identity provider failed ${doing}: ${why}`, {
      cause: thrown,
    })
  }
}

/** The library's codes of an answer that was made up, or that belongs to another sign-in. */
const answersToAnother: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_INVALID_REQUEST',
])
