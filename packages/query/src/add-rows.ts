import type { ContentReader } from '@whodid/content'
import type { Selector, Statement } from '@whodid/store'
import { readEvidence } from './evidence/evidence.ts'
import type { DecisionRules, Evidence, EvidenceRow } from './evidence/evidence.ts'
import { openTexts } from './open-texts.ts'

/** Where rows and texts come from, and whose they are. */
export interface RowSources {
  readonly selector: Selector
  readonly contents: ContentReader
  readonly tenant: string
  readonly rules?: DecisionRules | undefined
}

/** What was gathered so far, and at what cost. */
export interface Gathered {
  /** The rows of all statements, as they came. */
  readonly rows: readonly EvidenceRow[]
  /** The same, read and with its texts. */
  readonly evidence: Evidence
  readonly cost: {
    readonly statements: number
    readonly rowsRead: number
    readonly bytesRead: number
  }
}

/** Nothing, before the first statement. */
export const nothingGathered: Gathered = {
  rows: [],
  evidence: readEvidence([]),
  cost: { statements: 0, rowsRead: 0, bytesRead: 0 },
}

/** Adds rows, and opens the texts that are then at hand. */
export async function addRows(
  { contents, tenant, rules }: Omit<RowSources, 'selector'>,
  before: Gathered,
  added: readonly EvidenceRow[],
): Promise<Gathered> {
  if (added.length === 0) return before
  const rows = [...before.rows, ...added]
  const evidence = await openTexts({ ...readEvidence(rows), rules }, tenant, contents)
  return { ...before, rows, evidence }
}

/** Adds the rows of one more statement. Throws what `Selector.select` throws. */
export async function addStatement(
  sources: RowSources,
  before: Gathered,
  statement: Omit<Statement, 'tenant'>,
): Promise<Gathered> {
  const { selector, tenant } = sources
  const selection = await selector.select<EvidenceRow>({ ...statement, tenant })
  const { statements, rowsRead, bytesRead } = before.cost
  const cost = {
    statements: statements + 1,
    rowsRead: rowsRead + selection.rowsRead,
    bytesRead: bytesRead + selection.bytesRead,
  }
  return addRows(sources, { ...before, cost }, selection.rows)
}
