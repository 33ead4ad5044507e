import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { claimStrength } from './claim-strength.ts'

/**
 * Rule `overwritten_downstream`: the records of a trail whose identity is not heard, by key, each with the record above it
 * that speaks for the process.
 *
 * An instrumentation inside an agent's process writes names of its own (`gen_ai.agent.id`, a run, a user) over the
 * agent's. It is told by three things: it names no instance in the instance's own attribute; a record above it does; and both
 * came from one exporter and one service, so that whoever sent the one could have said the other. Another exporter or service
 * is another speaker, and is heard.
 */
export function overwrittenDownstream(
  trail: readonly EvidenceRecord[],
): ReadonlyMap<string, EvidenceRecord> {
  const overwritten = new Map<string, EvidenceRecord>()
  let above: EvidenceRecord | undefined
  for (const record of trail.toReversed()) {
    const isOverwritten =
      record.actor_type === 'agent' &&
      claimStrength(record, 'instance') !== 'said' &&
      above !== undefined &&
      isOfOneProcess(record, above) &&
      differs(record, above)
    if (isOverwritten && above !== undefined) overwritten.set(record.key, above)
    else if (speaksForItself(record)) above = record
  }
  return overwritten
}

/** Whether it names its instance, or is no agent at all: records below it do not reach past it. */
function speaksForItself(record: EvidenceRecord): boolean {
  if (record.actor_type === '') return false
  return record.actor_type !== 'agent' || claimStrength(record, 'instance') === 'said'
}

function isOfOneProcess(record: EvidenceRecord, above: EvidenceRecord): boolean {
  return (
    above.actor_type === 'agent' &&
    above.channel !== 'unentitled' &&
    record.exporter === above.exporter &&
    record.service === above.service
  )
}

function differs(record: EvidenceRecord, above: EvidenceRecord): boolean {
  if (record.channel === 'unentitled') return true
  return (['template', 'instance', 'delegator'] as const).some((claim) => {
    const strength = claimStrength(record, claim)
    if (strength === undefined || strength === 'hinted') return false
    if (claim === 'delegator' && strength === 'said') return false
    return record[claim] !== above[claim]
  })
}
