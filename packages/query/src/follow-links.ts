import { addStatement } from './add-rows.ts'
import type { Gathered, RowSources } from './add-rows.ts'
import { completeDecision } from './complete-decision.ts'
import { decide } from './decide.ts'
import { kinMax } from './evidence/evidence.ts'
import type { Evidence } from './evidence/evidence.ts'
import { linkedRecordsSql } from './evidence/more-records-sql.ts'
import { linksToFollow } from './join-link.ts'

/** Links followed outwards, one trace after another. */
const followsMax = 4

/** Traces that one step of links leads to. */
const linkedTracesMax = 8

/** Records of linked traces that are looked at in one step. */
const linkedMax = 400

/**
 * Gathers the runs that the act's own run may resume, by its links, as far as links lead and nothing says that the task began in
 * between. No statement where the act's run has no link. `recorded` bounds the time of receipt. Throws what `Selector.select`
 * throws.
 */
export async function followLinks(
  sources: RowSources,
  first: Gathered,
  recorded: string,
): Promise<Gathered> {
  if (![...first.evidence.kin.values()].flat().some(({ links }) => links !== '')) return first
  let found = first
  const followed = new Set<string>()
  for (let follows = 0; follows < followsMax; follows += 1) {
    const room = kinMax - countOf(found.evidence)
    const keys = linksToFollow(completeDecision(decide(found.evidence)))
    const traces = [...new Set(keys.map((key) => key.slice(0, 32)))]
      .filter((trace) => !followed.has(trace))
      .slice(0, linkedTracesMax)
    if (traces.length === 0 || room <= 0) break
    for (const trace of traces) followed.add(trace)
    const most = Math.min(room, linkedMax)
    const parameters = { traces: traces.join(','), most, recorded }
    found = await addStatement(sources, found, { sql: linkedRecordsSql, parameters })
  }
  return found
}

function countOf({ kin }: Evidence): number {
  let count = 0
  for (const versions of kin.values()) count += versions.length
  return count
}
