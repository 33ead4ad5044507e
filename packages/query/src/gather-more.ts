import type { ContentReader } from '@whodid/content'
import { formatInstant } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import { linkedRecordsSql, presentRecordsSql, soughtTextsSql } from './evidence/more-statements.ts'
import { kinMax, readEvidence } from './evidence/evidence.ts'
import type { Evidence, EvidenceRow } from './evidence/evidence.ts'
import { followPrompts } from './initiating-prompt.ts'
import { joinLink, linksToFollow } from './join-link.ts'
import { openTexts } from './open-texts.ts'
import type { Question } from './question.ts'
import { promptTellers } from './tell-prompt.ts'

/** What was gathered: the rows as they came, and the same read and with its texts. */
export interface Gathered {
  readonly rows: readonly EvidenceRow[]
  readonly evidence: Evidence
}

/** What more was gathered, and at what cost. */
export interface GatheredMore extends Gathered {
  readonly cost: {
    readonly statements: number
    readonly rowsRead: number
    readonly bytesRead: number
  }
}

/** Where more is looked for. */
export interface MoreSources {
  readonly selector: Selector
  readonly contents: ContentReader
}

/** What is asked. */
export interface Asked {
  readonly tenant: string
  readonly question: Question
}

/** Links followed outwards, one trace after another. */
const followsMax = 4

/** Traces that one step of links leads to. */
const linkedTracesMax = 8

/** Records of linked traces that are looked at. */
export const linkedMax = 400

/**
 * Gathers what the first evidence shows to be missing, by point reads: nothing at all, whether the handle names records of
 * another vocabulary; where a run does not tell what it was asked, the runs that it links to, and the model calls that may
 * tell it. Each is one statement, and none is asked where nothing is missing.
 *
 * Throws what `Selector.select` throws.
 */
export async function gatherMore(
  sources: MoreSources,
  asked: Asked,
  first: Gathered,
): Promise<GatheredMore> {
  const none: GatheredMore = { ...first, cost: { statements: 0, rowsRead: 0, bytesRead: 0 } }
  if (first.evidence.subject === '') return lookForAny(sources, asked, none)
  return seekText(sources, asked, await followLinks(sources, asked, none))
}

/** Where no act is found: some records of the handle, those that are understood first. */
async function lookForAny(
  sources: MoreSources,
  asked: Asked,
  before: GatheredMore,
): Promise<GatheredMore> {
  const { kind, value } = asked.question.handle
  if (before.evidence.listed.length > 0 || (kind !== 'trace' && kind !== 'correlation'))
    return before
  const parameters = { id: value, ...boundsOf(asked.question) }
  return addRows(sources, asked, before, { sql: presentRecordsSql(kind), parameters })
}

/** The runs that the act's own run resumes, as far as links lead and nothing else tells what it was asked. */
export async function followLinks(
  sources: MoreSources,
  asked: Asked,
  before: GatheredMore,
): Promise<GatheredMore> {
  let found = before
  const asAsked = new Set<string>()
  for (let follows = 0; follows < followsMax; follows += 1) {
    const room = kinMax - countOf(found.evidence)
    const traces = [
      ...new Set(linksToFollow(joined(found.evidence)).map((key) => key.slice(0, 32))),
    ]
      .filter((trace) => !asAsked.has(trace))
      .slice(0, linkedTracesMax)
    if (traces.length === 0 || room <= 0) break
    for (const trace of traces) asAsked.add(trace)
    const parameters = {
      traces: traces.join(','),
      most: Math.min(room, linkedMax),
      ...boundsOf(asked.question),
    }
    found = await addRows(sources, asked, found, { sql: linkedRecordsSql, parameters })
  }
  return found
}

/** The texts of the model calls that may tell what the run was asked, where its own record does not. */
async function seekText(
  sources: MoreSources,
  asked: Asked,
  before: GatheredMore,
): Promise<GatheredMore> {
  const decision = joined(before.evidence)
  if (decision.verdict !== 'agent') return before
  const { prompts } = followPrompts(decision)
  const [nearest] = prompts
  const shown = new Set([nearest, prompts.at(-1)])
  const refs = [...shown]
    .filter((prompt) => prompt?.content_state.state === 'withheld')
    .flatMap((prompt) => (prompt === undefined ? [] : promptTellers(decision, prompt)))
    .filter((teller) => teller.content_state.state === 'unread')
    .map((teller) => teller.content_ref)
  if (refs.length === 0) return before
  const parameters = { refs: [...new Set(refs)].join(',') }
  return addRows(sources, asked, before, { sql: soughtTextsSql, parameters })
}

function joined(evidence: Evidence): Decision {
  return joinLink(decide(evidence))
}

function countOf({ kin }: Evidence): number {
  let count = 0
  for (const versions of kin.values()) count += versions.length
  return count
}

async function addRows(
  { selector, contents }: MoreSources,
  { tenant }: Asked,
  before: GatheredMore,
  statement: Pick<Statement, 'sql' | 'parameters'>,
): Promise<GatheredMore> {
  const selection = await selector.select<EvidenceRow>({ ...statement, tenant })
  const { statements, rowsRead, bytesRead } = before.cost
  const cost = {
    statements: statements + 1,
    rowsRead: rowsRead + selection.rowsRead,
    bytesRead: bytesRead + selection.bytesRead,
  }
  if (selection.rows.length === 0) return { ...before, cost }
  const rows = [...before.rows, ...selection.rows]
  return { rows, evidence: await openTexts(readEvidence(rows), tenant, contents), cost }
}

function boundsOf({ asRecorded }: Question): { recorded: string } {
  const recorded = asRecorded === null ? latest : formatInstant(asRecorded)
  return { recorded: recorded.replace('T', ' ').replace('Z', '') }
}

/** What `DateTime64(9)` holds, for a question that names no time of receipt. */
const latest = '2262-04-11 00:00:00'
