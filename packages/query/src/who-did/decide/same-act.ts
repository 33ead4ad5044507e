import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** True for the record of an act, and not of a decision on one. */
export function isAct(record: EvidenceRecord): boolean {
  if (record.kind === 'approval') return false
  return (
    record.kind === 'tool_call' ||
    record.kind === 'action' ||
    record.resource !== '' ||
    record.action !== ''
  )
}

/** True when two values are equal, or one is not stated. */
export function agree(a: string, b: string): boolean {
  return a === '' || b === '' || a === b
}

/** Rule `crosses_exporters`: the call's exporter may report its outcome, another only if it may speak for its actor. */
export function mayReport(record: EvidenceRecord, call: EvidenceRecord): boolean {
  if (record.exporter === call.exporter)
    return record.channel !== 'unentitled' || call.channel === 'unentitled'
  if (record.channel !== 'entitled') return false
  if (record.actor_type === '') return true
  return (
    record.actor_type === call.actor_type &&
    record.template === call.template &&
    record.instance === call.instance &&
    record.user === call.user
  )
}
