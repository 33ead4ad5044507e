import { WhodidError } from '@whodid/model'

/** Every reason for which a token or a proof is refused, once. A reason is stable: records, tests and `docs/howto/identity.md` name it. */
export const refusals = [
  'oversized',
  'malformed',
  'wrong_type',
  'forbidden_algorithm',
  'forbidden_header',
  'unknown_issuer',
  'unknown_key',
  'keys_unavailable',
  'bad_signature',
  'missing_claim',
  'malformed_claim',
  'expired',
  'not_yet_valid',
  'lifetime_too_long',
  'wrong_audience',
  'wrong_subject',
  'claims_disagree',
  'revoked',
  'paused',
  'standing_unknown',
  'instance_taken',
  'replayed',
  'replay_memory_full',
  'key_mismatch',
  'proof_mismatch',
  'act_too_deep',
  'act_loop',
  'delegator_mismatch',
  'actor_not_allowed',
  'unknown_scope',
  'scope_widened',
  'invalid_scope',
  'details_widened',
] as const

/** A reason for which a token or a proof is refused. */
export type Refusal = (typeof refusals)[number]

/** A token or a proof that is refused. Its message never quotes the token. */
export class RefusedToken extends WhodidError {
  readonly refusal: Refusal

  constructor(refusal: Refusal, message: string, options?: { readonly cause?: unknown }) {
    super('token_refused', `${refusal}: ${message}`, options)
    this.refusal = refusal
  }
}
