/**
 * The collector's finding about a span that an instance's seal covers, or that names an instance token, in `whodid.seal.result`.
 *
 * `verified` backs the claims that `whodid.seal.claims` lists; `unsealed` the same of a span that only names a token of its own sender.
 * `mismatch`, `bad_signature`, `other_instance` and `other_delegator` contradict the record, whose channel is then `unentitled`. The others
 * leave the claims as good as their sender.
 */
export const sealResults = [
  'verified',
  'unsealed',
  'mismatch',
  'bad_signature',
  'other_instance',
  'other_delegator',
  'malformed',
  'unknown_key',
  'other_token',
  'wrong_time',
  'expired',
  'revoked',
  'replayed',
  'too_many',
  'absent',
] as const
export type SealResult = (typeof sealResults)[number]

/** The claims that a seal or a token can back, in `whodid.seal.claims`, separated by spaces. */
export const sealableClaims = ['instance', 'template', 'delegator'] as const
export type SealableClaim = (typeof sealableClaims)[number]

/** Results that contradict the claims of the span: somebody signed something else, or somebody else signed. */
export const contradictingSeals: ReadonlySet<string> = new Set<SealResult>([
  'mismatch',
  'bad_signature',
  'other_instance',
  'other_delegator',
])
