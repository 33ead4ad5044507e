import type { Decision } from './decision.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'

/** Records that begin a run of an agent. */
const runKinds: ReadonlySet<string> = new Set(['prompt', 'session'])

/**
 * Which records belong to the agent run that the act stands in: those whose nearest run above them is the same one. The way
 * up is followed as the act's is: through records of the act's own exporters alone.
 */
export function recordsOfRun({
  trail,
  testimony,
}: Pick<Decision, 'trail' | 'testimony'>): (record: EvidenceRecord) => boolean {
  const run = trail.records.find((record) => runKinds.has(record.kind))
  if (run === undefined) return () => false
  // By key, the run that a record belongs to; '' for none. Each record is walked over once.
  const runOf = new Map<string, string>()
  return (record) => {
    const passed: string[] = []
    let at: EvidenceRecord | undefined = record
    let found = ''
    while (at !== undefined) {
      const known = runOf.get(at.key)
      if (known !== undefined || runKinds.has(at.kind)) {
        found = known ?? at.key
        break
      }
      passed.push(at.key)
      runOf.set(at.key, '')
      at = at.parent === '' ? undefined : testimony(at.parent)?.record
    }
    for (const key of passed) runOf.set(key, found)
    return found === run.key
  }
}
