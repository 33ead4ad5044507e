import type { LedgerRecord } from '@whodid/model'

/** What names the subject of a record's text, whose key encrypts it. */
export type SubjectClaims = Pick<
  LedgerRecord,
  'actorType' | 'delegatorId' | 'userId' | 'instanceId' | 'exporter'
>

/**
 * The subject of a record's text, as a handle: the person or service on whose behalf it was said, else the instance that
 * said it. Text that names neither belongs to its exporter, `unattributed:<exporter>`, and can be erased with all of it only.
 */
export function contentSubject(record: SubjectClaims): string {
  if (record.delegatorId !== '') return `delegator:${record.delegatorId}`
  // A human's own act: the handle `delegator:<id>` means the person in both roles.
  if (record.actorType === 'human' && record.userId !== '') return `delegator:${record.userId}`
  if (record.instanceId !== '') return `instance:${record.instanceId}`
  if (record.userId !== '') return `delegator:${record.userId}`
  return `unattributed:${record.exporter}`
}
