import type { ContentReader, OpenedContent, WantedContent } from '@whodid/content'
import { hasPart, textParts, WhodidError } from '@whodid/model'
import type { QuestionCost } from '@whodid/model'
import type { Selector, StoredTextBlock } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import { toInstant } from '../text.ts'
import type { Found } from './found.ts'
import type { SoughtTime } from './names-sql.ts'
import { recentNamesMax, recentRecords, recentSettings } from './recent-sql.ts'
import { search } from './search-ledger.ts'
import type { SearchResult } from './search-ledger.ts'

/** Records whose texts are opened for one clue, the newest of the time asked about. */
const textRecordsMax = 2_000
/** Bytes of sealed blocks that are opened for one clue. */
const sealedBytesMax = 8 * 1024 * 1024
/** Blocks read at once. */
const blocksAtOnce = 16
/** Records with the words that are returned; with so many the search ends. */
const hitsMax = 25
/** UTF-16 units shown on each side of the first word. */
const shownAround = 70

interface TextRow {
  readonly trace: string
  readonly span: string
  readonly block: string
  readonly at: number
  readonly committed: string
  readonly received: string
  readonly at_time: string
  readonly record_kind: string
  readonly tool: string
  readonly resource: string
  readonly prompt_hash: string
  readonly is_act: number | boolean
}

/** The sources of texts. */
export interface TextSources {
  readonly selector: Selector
  readonly contents: ContentReader
  readonly tenant: string
}

const textRecordsSql = `
SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(text_block)) AS block, text_at AS at,
  lower(hex(commitment)) AS committed, toString(toUnixTimestamp64Nano(received_at)) AS received, toString(ts) AS at_time,
  record_kind, tool_name AS tool, resource_id AS resource, JSONExtractString(rest, 'ph') AS prompt_hash,
  (record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '') AS is_act
FROM (${recentRecords('ts, trace_id, span_id, text_block, text_at, commitment, received_at, record_kind, tool_name, resource_id, action_id, rest', recentNamesMax)})
WHERE text_at != 0
ORDER BY ts DESC
LIMIT ${textRecordsMax}
${recentSettings}`

/**
 * Opens the newest texts of a time, and finds those that hold all words, whatever their case. It keeps no index of texts, so what was erased
 * cannot be found. It ends at {@link textRecordsMax} records, {@link sealedBytesMax} bytes or {@link hitsMax} hits, and says how far it went.
 */
export async function searchTexts(
  { selector, contents, tenant }: TextSources,
  words: readonly string[],
  time: SoughtTime,
): Promise<SearchResult> {
  const startedMs = performance.now()
  const read = await readRecords(selector, tenant, time)
  if (read === undefined) {
    const text =
      'Looked for the words in texts, and gave up: the records of this time are too many to read. Give a shorter time'
    return {
      found: [],
      searched: [search('texts', text, { isWhole: false, needsTime: true })],
      costs: [],
    }
  }
  const { rows, cost } = read
  const sought = words.map((word) => word.toLowerCase())
  const far = {
    opened: 0,
    gone: 0,
    bytes: 0,
    statements: 0,
    rowsRead: 0,
    bytesRead: 0,
    reached: '',
  }
  const found: Found[] = []
  for (const group of groupsOf(rows)) {
    if (far.bytes >= sealedBytesMax || found.length >= hitsMax) break
    const blocks = await selector.points.textBlocks(tenant, [
      ...new Set(group.map(({ block }) => block)),
    ])
    far.statements += blocks.cost.statements.size
    far.rowsRead += blocks.cost.rowsRead
    far.bytesRead += blocks.cost.bytesRead
    const sealed = new Map(
      blocks.rows.map(({ ref, sealed: bytes }: StoredTextBlock) => [ref, bytes]),
    )
    for (const bytes of sealed.values()) far.bytes += bytes.length
    const wanted = group.flatMap((row) => wantedOf(row, tenant))
    const opened = await contents.open(
      wanted.map(({ content }) => content),
      sealed,
    )
    const hits = hitsOf(wanted, opened, sought)
    found.push(...hits.found)
    far.opened += group.length
    far.gone += hits.gone
    far.reached = group.at(-1)?.at_time ?? far.reached
  }
  const isWhole = far.opened === rows.length && rows.length < textRecordsMax && !read.isCut
  const gone = far.gone === 0 ? '' : `; ${far.gone} texts of them are erased, expired or missing`
  const text = `Looked for the words in the texts of the ${isWhole ? '' : 'newest '}${far.opened} records that have any${gone}${isWhole ? '' : '; older ones need a time'}`
  const reached = far.reached === '' ? null : toInstant(far.reached)
  const elapsed = Math.round((performance.now() - startedMs) * 100) / 100
  const total: QuestionCost = {
    statements: cost.statements + far.statements,
    rows_read: cost.rows_read + far.rowsRead,
    bytes_read: cost.bytes_read + far.bytesRead,
    elapsed_ms: elapsed,
  }
  return {
    found: found.slice(0, hitsMax).map((hit) => ({ ...hit, isWhole })),
    searched: [
      search('texts', text, { lookedAt: far.opened, isWhole, reached, needsTime: !isWhole }),
    ],
    costs: [total],
  }
}

async function readRecords(
  selector: Selector,
  tenant: string,
  time: SoughtTime,
): Promise<{ rows: readonly TextRow[]; cost: QuestionCost; isCut: boolean } | undefined> {
  try {
    const parameters = { ...time, tenant }
    const { rows, cost } = await askStatement<TextRow>(selector, {
      sql: textRecordsSql,
      parameters,
      tenant,
    })
    return { rows, cost, isCut: cost.rows_read >= recentNamesMax }
  } catch (thrown) {
    if (thrown instanceof WhodidError && thrown.code === 'query_too_expensive') return undefined
    throw thrown
  }
}

/** Rows in their order, in groups of so many blocks as are read at once. */
function* groupsOf(rows: readonly TextRow[]): Generator<readonly TextRow[]> {
  let group: TextRow[] = []
  let blocks = new Set<string>()
  for (const row of rows) {
    blocks.add(row.block)
    if (blocks.size > blocksAtOnce) {
      yield group
      group = []
      blocks = new Set([row.block])
    }
    group.push(row)
  }
  if (group.length > 0) yield group
}

interface WantedText {
  readonly row: TextRow
  readonly content: WantedContent
}

function wantedOf(row: TextRow, tenant: string): WantedText[] {
  return textParts
    .filter((part) => hasPart(row.at, part))
    .map((part) => ({
      row,
      content: {
        tenant,
        traceIdHex: row.trace,
        spanIdHex: row.span,
        part,
        commitmentHex: row.committed,
        textBlockHex: row.block,
        textAt: row.at,
        receivedUnixNs: BigInt(row.received),
      },
    }))
}

function hitsOf(
  wanted: readonly WantedText[],
  opened: readonly OpenedContent[],
  sought: readonly string[],
): { found: Found[]; gone: number } {
  const texts = new Map<TextRow, string[]>()
  let gone = 0
  for (const [place, { row }] of wanted.entries()) {
    const content = opened[place]
    if (content?.state === 'text') texts.set(row, [...(texts.get(row) ?? []), content.text])
    else gone += 1
  }
  const found = [...texts].flatMap(([row, parts]) => {
    const text = parts.join('\n')
    const lower = text.toLowerCase()
    return sought.every((word) => lower.includes(word))
      ? [foundIn(row, text, lower.indexOf(sought[0] ?? ''))]
      : []
  })
  return { found, gone }
}

function foundIn(row: TextRow, text: string, at: number): Found {
  const start = Math.max(0, at - shownAround)
  const shown = text.slice(start, at + 2 * shownAround)
  const where = row.tool === '' ? row.record_kind.replace('_', ' ') : `call of ${row.tool}`
  const instant = toInstant(row.at_time)
  return {
    kind: 'text',
    name: `${row.trace}-${row.span}`,
    code: 'in_text',
    why: `the text of a ${where} has the words`,
    records: 1,
    acts: row.is_act ? 1 : 0,
    isWhole: true,
    first: instant,
    last: instant,
    newest: `${row.trace}-${row.span}`,
    line: `${start > 0 ? '…' : ''}${shown}${start + shown.length < text.length ? '…' : ''}`,
    about: { recordKind: row.record_kind, promptHash: row.prompt_hash, resource: row.resource },
  }
}
