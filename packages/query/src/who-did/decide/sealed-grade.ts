import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** The part of a record that its seal bears on. */
type SealedPart = Pick<EvidenceRecord, 'actor_type' | 'channel' | 'seal_result' | 'seal_claims'>

/** The claim of a record that its seal or its token backs. An agent is who acted as its instance. */
const backedBy = {
  actor: 'instance',
  instance: 'instance',
  template: 'template',
  delegator: 'delegator',
} as const

/**
 * Returns the grade that a record's seal or token gives to one of its claims: `attested` where the instance's own key has signed it and the
 * token says the same, `token_bound` where the record only names the token. Undefined where neither backs the claim.
 *
 * A record whose seal contradicts it never comes here: its channel is `unentitled`.
 */
export function sealedGrade(
  record: SealedPart,
  claim: keyof typeof backedBy,
): 'attested' | 'token_bound' | undefined {
  // What was read in another system's log was never sealed by anybody here.
  if (record.actor_type !== 'agent' || record.channel === 'imported') return undefined
  if (!record.seal_claims.split(' ').includes(backedBy[claim])) return undefined
  if (record.seal_result === 'verified') return 'attested'
  return record.seal_result === 'unsealed' ? 'token_bound' : undefined
}

/** True when the key of the instance that the record names has signed it: no claim that nobody signed is held against it. */
export function isAttested(record: SealedPart, claim: keyof typeof backedBy = 'instance'): boolean {
  return record.channel !== 'unentitled' && sealedGrade(record, claim) === 'attested'
}
