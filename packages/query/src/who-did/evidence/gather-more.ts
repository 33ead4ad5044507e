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
import { gatherEvidence } from './gather-evidence.ts'
import { linkedRecordsSql, presentRecordsSql, soughtTextsSql } from './sql.ts'

/** Gathers all that a question is decided from: the acts with their records, then what these lead to. Throws what `Selector.select` throws. */
export async function gatherAll(
  sources: Parameters<typeof gatherEvidence>[0],
  question: Question,
): Promise<Gathered> {
  return gatherMore(sources, question, await gatherEvidence(sources, question))
}

/**
 * Gathers by point reads the records that the first evidence lacks: where no act is found, any records of the handle in
 * another vocabulary; where a run has no prompt text, the runs that it links to and other records of that text. Each is its
 * own statement, sent only when something is missing. Throws the errors of `Selector.select`.
 */
async function gatherMore(
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

/** The most links followed outwards, one trace after another. */
const followsMax = 4

/** The most traces that one step of links leads to. */
const linkedTracesMax = 8

/** The most records of linked traces that are looked at in one step. */
const linkedMax = 400

/**
 * Gathers the runs that the act's own run may resume, through its links, until no link is left or a record says that the task
 * began in between. Sends no statement when the act's run has no link. `recorded` bounds the time of receipt. Throws the
 * errors of `Selector.select`.
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
 * Gathers the texts of the model calls and log records that may hold the run's prompt, where its own record does not. Sends
 * no statement where it does, or where no record of the run holds a text. Throws the errors of `Selector.select`.
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
    .map((textSource) => textSource.text_block)
  if (refs.length === 0) return found
  const parameters = { refs: [...new Set(refs)].join(',') }
  return addStatement(sources, found, { sql: soughtTextsSql, parameters })
}

function isSilentPrompt(record: EvidenceRecord): boolean {
  return record.kind === 'prompt' && !holdsText(record)
}
