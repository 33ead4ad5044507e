import type { ContentReader, WantedContent } from '@whodid/content'
import { parseInstant } from '@whodid/model'
import type { Selector, Statement } from '@whodid/store'
import { toInstant } from '../../text.ts'
import type { ContentState, EvidenceRecord } from './evidence-record.ts'
import { readEvidence } from './evidence.ts'
import type { DecisionRules, Evidence, EvidenceRow } from './evidence.ts'
import { textBlocksMax } from './sql.ts'

/** The sources of rows and texts, and their tenant. */
export interface RowSources {
  readonly selector: Selector
  readonly contents: ContentReader
  readonly tenant: string
  readonly rules?: DecisionRules | undefined
}

/** The rows and texts gathered so far, and their cost. */
export interface Gathered {
  /** The rows of all statements, in the order of arrival. */
  readonly rows: readonly EvidenceRow[]
  /** The same rows, parsed, with their texts. */
  readonly evidence: Evidence
  readonly cost: {
    readonly statements: number
    readonly rowsRead: number
    readonly bytesRead: number
  }
}

/** The empty result, before the first statement. */
export const nothingGathered: Gathered = {
  rows: [],
  evidence: readEvidence([]),
  cost: { statements: 0, rowsRead: 0, bytesRead: 0 },
}

/** Adds rows, and opens the texts that their blocks make available. */
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

/**
 * Opens the texts of the prompts and plans among the evidence, and of the model calls that were requested. A text is returned
 * exactly as it was committed to; otherwise only its state is returned.
 */
async function openTexts(
  evidence: Evidence,
  tenant: string,
  reader: ContentReader,
): Promise<Evidence> {
  const records = [...evidence.relatedRecords.values()]
    .flat()
    .filter((record) => isWanted(record, evidence))
  if (records.length === 0) return evidence
  const isWhole = evidence.textBlocks.size < textBlocksMax
  const opened = await reader.open(
    records.map((record) => wantedOf(record, tenant)),
    evidence.textBlocks,
  )
  const states = new Map<EvidenceRecord, ContentState>()
  for (const [index, record] of records.entries()) {
    const content = opened[index]
    // Past the bound, a missing block proves nothing.
    if (content !== undefined && (isWhole || content.state !== 'missing'))
      states.set(record, content)
  }
  const relatedRecords = new Map<string, readonly EvidenceRecord[]>()
  for (const [key, versions] of evidence.relatedRecords)
    relatedRecords.set(
      key,
      versions.map((record) => withText(record, states.get(record))),
    )
  return { ...evidence, relatedRecords }
}

/** A model call is opened only when its block was requested: answers quote few of them. */
function isWanted(record: EvidenceRecord, { textBlocks }: Evidence): boolean {
  if (record.commitment === '') return false
  return record.kind !== 'model_call' || textBlocks.has(record.text_block)
}

function wantedOf(record: EvidenceRecord, tenant: string): WantedContent {
  return {
    tenant,
    traceIdHex: record.key.slice(0, 32),
    spanIdHex: record.key.slice(33),
    part: 'content',
    commitmentHex: record.commitment,
    textBlockHex: record.text_block,
    textAt: record.text_at,
    receivedUnixNs: parseInstant(toInstant(record.received_at), 'received_at'),
  }
}

function withText(record: EvidenceRecord, content: ContentState | undefined): EvidenceRecord {
  if (content === undefined) return record
  const text = content.state === 'text' ? content.text : ''
  return { ...record, content: text, content_state: content }
}
