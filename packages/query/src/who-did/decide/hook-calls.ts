import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { MergedRecord } from './merge-versions.ts'
import { agree, mayReport } from './same-act.ts'

/** The most records read for one call. */
const recordsMax = 256

type MergedRecordOf = (key: string) => MergedRecord | undefined
/** Records of acts, by {@link callKey}. */
type ByCall = ReadonlyMap<string, readonly string[]>

/** True for a record that a product's hook made: its action's ID is the model's own ID of the call. */
function isOfHook({ action, tool_call: call }: EvidenceRecord): boolean {
  return call !== '' && action === call
}

/**
 * Returns the call that a hook's record is about, as the product's own telemetry records it beside the hook: in the same trace, under the
 * same ID. The record itself when there is none.
 */
export function callOfHook(
  record: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  byCall: ByCall,
): EvidenceRecord {
  if (!isOfHook(record)) return record
  const calls = recordsOfCall(record, mergedRecord, byCall).filter(
    (other) => !isOfHook(other) && isSeenByHook(record, other),
  )
  return calls.find(({ kind }) => kind === 'tool_call') ?? calls[0] ?? record
}

/** Returns the records that hooks made of a call. */
export function hooksOf(
  call: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  byCall: ByCall,
): EvidenceRecord[] {
  if (call.tool_call === '' || isOfHook(call)) return []
  return recordsOfCall(call, mergedRecord, byCall).filter(
    (other) => isOfHook(other) && isSeenByHook(other, call),
  )
}

function recordsOfCall(
  record: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  byCall: ByCall,
): EvidenceRecord[] {
  return (byCall.get(callKey(record)) ?? [])
    .slice(0, recordsMax)
    .flatMap((key) => mergedRecord(key)?.record ?? [])
}

/** True when both are the same actor's, and neither says what the other does not. */
function isSeenByHook(hook: EvidenceRecord, call: EvidenceRecord): boolean {
  return (
    mayReport(hook, call) &&
    hook.template === call.template &&
    hook.instance === call.instance &&
    agree(hook.tool, call.tool) &&
    agree(hook.resource, call.resource)
  )
}

/** The model's ID of a call is its own only within a trace. */
export function callKey({ key, tool_call: call }: EvidenceRecord): string {
  return `${key.slice(0, 32)} ${call}`
}
