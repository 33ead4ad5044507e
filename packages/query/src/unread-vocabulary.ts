import type { Decision } from './decision.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'

/** Whether the handle names records, no act among them, and none that is understood. */
export function isUnread({ subject, kin, listed }: Evidence): boolean {
  if (subject !== '' || listed.length > 0 || kin.size === 0) return false
  return [...kin.values()].flat().every((record) => !isUnderstood(record))
}

/** Whether the record asked about and all that it stands under say nothing that is understood. */
export function isForeign({ trail }: Pick<Decision, 'trail'>): boolean {
  return trail.records.length > 0 && trail.records.every((record) => !isUnderstood(record))
}

/** A record that no vocabulary was recognised in is of the kind `other`, of nobody, and names nothing. */
function isUnderstood(record: EvidenceRecord): boolean {
  return (
    record.kind !== 'other' ||
    record.actor_type !== '' ||
    record.tool !== '' ||
    record.resource !== '' ||
    record.verb !== ''
  )
}

/** The same of a record of `whodid.spans`, in SQL. */
export const understoodSql = `record_kind != 'other' OR actor_type != '' OR tool_name != '' OR resource_id != '' OR verb != ''`
