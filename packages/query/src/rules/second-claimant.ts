import type { EvidenceRecord, InstanceClaim } from '../evidence/evidence-record.ts'
import { claimStrength } from './claim-strength.ts'

/**
 * Rule `instance_of_another_template`: the claim on the instance that is older than the record's own and goes against it.
 *
 * An instance belongs to one template and is never reused. A token that may speak for one template can write any
 * instance's name on its records; whoever was on record with that name first, by the ledger's own clock, from another
 * exporter and as another template, owns it, and the later claim is not believed. The owner's own records stand.
 */
export function secondClaimant(
  record: EvidenceRecord,
  claims: readonly InstanceClaim[],
): InstanceClaim | undefined {
  if (record.template === '' || claimStrength(record, 'instance') !== 'said') return undefined
  const [first] = claims.filter((claim) => claim.template !== '')
  if (first === undefined) return undefined
  return first.template !== record.template && first.exporter !== record.exporter
    ? first
    : undefined
}
