import { formatInstant } from '@whodid/model'
import { addStatement } from './add-rows.ts'
import type { Gathered, RowSources } from './add-rows.ts'
import { presentRecordsSql } from './evidence/more-records-sql.ts'
import { followLinks } from './follow-links.ts'
import type { Question } from './question.ts'
import { seekTexts } from './seek-texts.ts'

/** What `DateTime64(9)` holds, for a question that names no time of receipt. */
const latest = '2262-04-11 00:00:00'

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
  const recorded = recordedUntil(question)
  if (first.evidence.subject !== '')
    return seekTexts(sources, await followLinks(sources, first, recorded))
  const { kind, value } = question.handle
  if (first.evidence.listed.length > 0 || (kind !== 'trace' && kind !== 'correlation')) return first
  const parameters = { id: value, recorded }
  return addStatement(sources, first, { sql: presentRecordsSql(kind), parameters })
}

function recordedUntil({ asRecorded }: Question): string {
  const instant = asRecorded === null ? latest : formatInstant(asRecorded)
  return instant.replace('T', ' ').replace('Z', '')
}
