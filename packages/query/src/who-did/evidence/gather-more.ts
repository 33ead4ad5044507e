import { latest, toDateTime64 } from '../../time-bounds.ts'
import { completeDecision, linksToFollow } from '../decide/complete-decision.ts'
import { decide } from '../decide/decide.ts'
import { followPrompts, holdsText, promptTextSources } from '../decide/follow-prompts.ts'
import type { Question } from '../question.ts'
import type { EvidenceRecord } from './evidence-record.ts'
import { relatedRecordsMax } from './evidence.ts'
import type { Evidence } from './evidence.ts'
import { addStatement } from './gathered-rows.ts'
import type { Gathered, RowSources } from './gathered-rows.ts'
import { linkedRecordsSql, presentRecordsSql, soughtTextsSql } from './sql.ts'

/**
 * Gathers what the first evidence shows to be missing, by point reads: where no act is found, whether the handle names records of
 * another vocabulary; where a run does not tell what it was asked, the runs that it links to, and what else may tell it. Each is
 * a statement of its own, and none is asked where nothing is missing. Throws what `Selector.select` throws.
 */
export async function gatherMore(
  sources: RowSources,
  question: Question,
  first: Gathered,
): Promise<Gathered> {
  const recorded = question.asRecorded === null ? latest : toDateTime64(question.asRecorded)
  if (first.evidence.subject !== '')
    return seekTexts(sources, await followLinks(sources, first, recorded))
  const { kind, value } = question.handle
  if (first.evidence.listed.length > 0 || (kind !== 'trace' && kind !== 'correlation')) return first
  const parameters = { id: value, recorded }
  return addStatement(sources, first, { sql: presentRecordsSql(kind), parameters })
}

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
async function followLinks(
  sources: RowSources,
  first: Gathered,
  recorded: string,
): Promise<Gathered> {
  if (![...first.evidence.relatedRecords.values()].flat().some(({ links }) => links !== ''))
    return first
  let found = first
  const followed = new Set<string>()
  for (let follows = 0; follows < followsMax; follows += 1) {
    const room = relatedRecordsMax - countOf(found.evidence)
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

function countOf({ relatedRecords }: Evidence): number {
  let count = 0
  for (const versions of relatedRecords.values()) count += versions.length
  return count
}

/**
 * Gathers the texts of the model calls and log records that may tell what the run was asked, where its own record does not. No
 * statement where it does, or where nothing of the run holds a text. Throws what `Selector.select` throws.
 */
async function seekTexts(sources: RowSources, found: Gathered): Promise<Gathered> {
  if (![...found.evidence.relatedRecords.values()].flat().some(isSilentPrompt)) return found
  const decision = completeDecision(decide(found.evidence))
  if (decision.verdict !== 'agent') return found
  const { prompts } = followPrompts(decision)
  const refs = [...new Set([prompts[0], prompts.at(-1)])]
    .filter((prompt) => prompt !== undefined && prompt.content_state.state === 'withheld')
    .flatMap((prompt) => (prompt === undefined ? [] : promptTextSources(decision, prompt)))
    .filter((textSource) => textSource.content_state.state === 'unread')
    .map((textSource) => textSource.content_ref)
  if (refs.length === 0) return found
  const parameters = { refs: [...new Set(refs)].join(',') }
  return addStatement(sources, found, { sql: soughtTextsSql, parameters })
}

function isSilentPrompt(record: EvidenceRecord): boolean {
  return record.kind === 'prompt' && !holdsText(record)
}
