import { printable, printableLine, WhodidError } from '@whodid/model'
import type { CaseAbout, CaseEntry, CaseQuestion } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { parsePageLimit } from './parse-parameters.ts'
import { caseCountSql, caseEntriesSql, casesSql } from './sql.ts'

/** The most cases in one list. */
export const casesMax = 1_000

/** The default number of cases listed. */
const casesDefault = 100

/** Entries of one case; it takes no more. Those that arrive at the same moment may exceed it by a few. */
export const caseEntriesMax = 500

/** Entries that are read of one case at most: all it can have. */
const caseEntriesReadMax = 2 * caseEntriesMax

/** Names of authors that are listed of a case. */
const authorsMax = 20

/** The form of the ID of a case. */
const caseIdPattern = /^[!-~](?:[ -~]{0,198}[!-~])?$/u

/** Returns the ID of a case. Throws `invalid_parameter` unless it is 1–200 printable ASCII characters without space at its ends. */
export function parseCaseId(text: string): string {
  if (caseIdPattern.test(text)) return text
  throw new WhodidError(
    'invalid_parameter',
    `"id" expected a case of 1–200 printable ASCII characters; got "${printableLine(text, 60)}"`,
  )
}

/** Returns the number of cases to list. Throws `invalid_parameter` unless it is absent or a whole number from 1 to {@link casesMax}. */
export function parseCasesLimit(text: string | undefined): number {
  return parsePageLimit(text, { default: casesDefault, max: casesMax })
}

interface CaseRow {
  readonly case_id: string
  readonly entries: string
  readonly first_at: string
  readonly last_at: string
  readonly authors: readonly string[]
}

/** Returns the tenant's cases that have entries, the one written to last first, at most `limit`. */
export async function listCases(
  selector: Selector,
  tenant: string,
  limit: number,
): Promise<CaseAbout[]> {
  const { rows } = await selector.select<CaseRow>({
    sql: casesSql,
    parameters: { cases_of: tenant, authors: authorsMax, limit: Math.min(limit, casesMax) },
    tenant,
  })
  return rows.map((row) => ({
    ...row,
    case_id: printableLine(row.case_id),
    entries: Number(row.entries),
    authors: row.authors.map((author) => printableLine(author)),
  }))
}

/** An entry as the ledger holds it: texts as they came. */
export interface CaseEntryTexts {
  readonly entry_id: string
  readonly written_at: string
  readonly author: string
  readonly role: string
  readonly kind: string
  readonly text: string
  readonly question: string
}

/** Returns the entries of a case, oldest first; none where nobody wrote any. Every text has been through `printable`. */
export async function readCaseEntries(
  selector: Selector,
  tenant: string,
  caseId: string,
): Promise<CaseEntry[]> {
  const { rows } = await selector.select<CaseEntryTexts>({
    sql: caseEntriesSql,
    parameters: { cases_of: tenant, case: caseId, limit: caseEntriesReadMax },
    tenant,
  })
  return rows.map(shapeCaseEntry)
}

/** Makes an entry fit to be shown: every text has been through `printable`. */
export function shapeCaseEntry(row: CaseEntryTexts): CaseEntry {
  const question = readQuestion(row.question)
  return {
    ...row,
    author: printableLine(row.author),
    kind: row.kind === 'pin' || row.kind === 'question' ? row.kind : 'note',
    text: row.text === '' ? null : printable(row.text),
    question,
    permalink: question === null ? null : permalinkOf(question),
  }
}

/** Counts the entries of a case. */
export async function countCaseEntries(
  selector: Selector,
  tenant: string,
  caseId: string,
): Promise<number> {
  const { rows } = await selector.select<{ readonly entries: string }>({
    sql: caseCountSql,
    parameters: { cases_of: tenant, case: caseId },
    tenant,
  })
  return Number(rows[0]?.entries ?? 0)
}

/** Reads what an entry was made about, as it was kept. It was checked then; a row that somebody else wrote gives none. */
function readQuestion(json: string): CaseQuestion | null {
  if (json === '') return null
  try {
    const kept: unknown = JSON.parse(json)
    if (typeof kept !== 'object' || kept === null) return null
    const field = (name: string): string | null => {
      const value: unknown = Reflect.get(kept, name)
      return typeof value === 'string' ? value : null
    }
    const { of, as_recorded: asRecorded } = { of: field('of'), as_recorded: field('as_recorded') }
    if (of === null || asRecorded === null) return null
    const [at, from, to, verb] = [field('at'), field('from'), field('to'), field('verb')]
    return { of, as_recorded: asRecorded, at, from, to, verb }
  } catch {
    // Not JSON, so not ours: the entry concerns nothing that can be asked.
    return null
  }
}

/** The page of the console that shows the answer as the ledger stood when the entry was written. */
function permalinkOf(question: CaseQuestion): string {
  const given = Object.entries(question).filter(([, value]) => value !== null)
  // What is not null is text.
  return `/ask?${new URLSearchParams(Object.fromEntries(given) as Record<string, string>).toString()}`
}
