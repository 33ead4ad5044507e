import type { EvidenceRecord, InstanceClaim } from '../evidence/evidence-record.ts'
import { claimStrength } from './claim-strength.ts'

/** How long somebody must have been on record alone with an instance for a later claim not to count. */
const aloneMs = 24 * 3_600_000

/**
 * Rule `instance_of_another_template`: who else claims the instance, as another template and from another exporter.
 *
 * An instance belongs to one template and is never reused, and a token that may speak for one template can write any
 * instance's name on its records. Records may be held back for hours before they are sent, so who came first tells who
 * owns it only where the first was alone for a day: then a newcomer cannot unmake its record. Otherwise the instance is left
 * open, and the template is that of the record, for its exporter may speak for it; both are named, and `as_recorded` shows what
 * was known before the second came.
 */
export function secondClaimant(
  record: EvidenceRecord,
  claims: readonly InstanceClaim[],
): InstanceClaim | undefined {
  if (record.template === '' || claimStrength(record, 'instance') !== 'said') return undefined
  const onInstance = claims.filter(
    (claim) => claim.instance_key === record.instance_key && claim.template !== '',
  )
  const own = onInstance.find((claim) => !isRival(claim, record))
  return onInstance.find((claim) => isRival(claim, record) && !cameLate(claim, own))
}

function isRival(claim: InstanceClaim, record: EvidenceRecord): boolean {
  return claim.template !== record.template && claim.exporter !== record.exporter
}

function cameLate(rival: InstanceClaim, own: InstanceClaim | undefined): boolean {
  return own !== undefined && receivedMs(rival) - receivedMs(own) > aloneMs
}

function receivedMs(claim: InstanceClaim): number {
  return Date.parse(`${claim.received_at.replace(' ', 'T')}Z`)
}
