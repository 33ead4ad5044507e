import type { Claims } from '../claims.ts'
import { RefusedToken } from '../refused-token.ts'
import { readAuth0, readOidcA, readOnBehalfOf, readTokenExchange } from './read-delegated-tokens.ts'
import type { TokenReader, TokenReading } from './token-reading.ts'
import { readEntraAgentId, readIdJag, readTransactionToken } from './read-vendor-tokens.ts'
import { readGoogleAgentIdentity, readJwtSvid, readWorkloadToken } from './read-workload-tokens.ts'

/** The kinds of tokens that can be read. An operator names the kind for each issuer; it is not guessed from the claims. */
export const tokenKinds = [
  'jwt_svid',
  'workload_token',
  'token_exchange',
  'oidc_a',
  'on_behalf_of',
  'entra_agent_id',
  'auth0',
  'id_jag',
  'transaction_token',
  'google_agent_identity',
] as const

/** A kind of token that can be read. */
export type TokenKind = (typeof tokenKinds)[number]

/** The reader of each kind of token. An opaque token of AgentCore has none: see `readAgentCore`. */
const tokenReaders: Readonly<Record<TokenKind, TokenReader>> = {
  jwt_svid: readJwtSvid,
  workload_token: readWorkloadToken,
  token_exchange: readTokenExchange,
  oidc_a: readOidcA,
  on_behalf_of: readOnBehalfOf,
  entra_agent_id: readEntraAgentId,
  auth0: readAuth0,
  id_jag: readIdJag,
  transaction_token: readTransactionToken,
  google_agent_identity: readGoogleAgentIdentity,
}

/**
 * Reads the claims of a **verified** token. The actor is never taken from `sub` where the kind puts a person there. Throws
 * {@link RefusedToken}.
 */
export function readToken(kind: TokenKind, claims: Claims): TokenReading {
  const reading = tokenReaders[kind](claims)
  const { delegator, agent } = reading
  // One name in both places would make an agent of a person.
  if (reading.mode === 'delegated' && delegator !== null && delegator.id === agent)
    throw new RefusedToken('claims_disagree', 'actor and delegator are one')
  return reading
}
