import type { Refusal } from '@whodid/identity'

/** The error codes of OAuth that the exchange gives: RFC 6749, 8693, 9396 and 9449. */
type OAuthError =
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_target'
  | 'invalid_authorization_details'
  | 'invalid_dpop_proof'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'

/** A request that is refused. `reason` is stable: records and `docs/howto/identity.md` name it. */
export class RefusedExchange extends Error {
  override readonly name = 'RefusedExchange'
  readonly error: OAuthError
  readonly reason: string
  readonly status: number

  constructor(
    error: OAuthError,
    { reason, message, status = 400 }: { reason: string; message: string; status?: number },
  ) {
    super(message)
    this.error = error
    this.reason = reason
    this.status = status
  }
}

const errorOf: Partial<Readonly<Record<Refusal, OAuthError>>> = {
  unknown_scope: 'invalid_scope',
  invalid_scope: 'invalid_scope',
  scope_widened: 'invalid_scope',
  details_widened: 'invalid_authorization_details',
  replayed: 'invalid_dpop_proof',
  key_mismatch: 'invalid_dpop_proof',
  proof_mismatch: 'invalid_dpop_proof',
}

/** Reasons that lie with this side: the same request may be taken later. */
const ours: readonly Refusal[] = ['keys_unavailable', 'standing_unknown', 'replay_memory_full']

/** The refusal of an exchange for the reason of a token. A token that is not taken is an invalid request (RFC 8693, section 2.2.2). */
export function refusedFor(refusal: Refusal, message: string): RefusedExchange {
  if (ours.includes(refusal))
    return new RefusedExchange('temporarily_unavailable', { reason: refusal, message, status: 503 })
  return new RefusedExchange(errorOf[refusal] ?? 'invalid_request', { reason: refusal, message })
}
