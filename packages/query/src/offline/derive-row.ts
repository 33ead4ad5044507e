import { attribute, recordFields } from '@whodid/model'
import {
  evidenceColumns,
  instanceClaimColumns,
  linksBytesMax,
  listedColumns,
} from '../who-did/evidence/evidence-columns.ts'
import type { Columns } from '../who-did/evidence/evidence-columns.ts'
import type { EvidenceRow } from '../who-did/evidence/evidence.ts'

/** A record as its log sealed it, read back from its canonical form: by column, times RFC 3339, absent IDs ''. */
export interface SealedRecord {
  readonly columns: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** The leaf hash of the form, hex. */
  readonly leaf: string
}

/** The rows of a statement that a record can stand behind. */
export type DerivableRole = 'subject' | 'kin' | 'listed' | 'claimed'

/** Values by field that no single record holds: what the question made of the row, or a time of a group of rows. */
export type StatedValues = Readonly<Record<string, unknown>>

const columnsByRole: Readonly<Record<DerivableRole, Columns<Record<string, unknown>>>> = {
  subject: { ...evidenceColumns },
  kin: { ...evidenceColumns },
  listed: { ...listedColumns('') },
  claimed: { ...instanceClaimColumns },
}

/** The engine's expressions that are more than a column, and what they come to. */
const derivations: ReadonlyMap<string, (record: SealedRecord) => unknown> = new Map([
  [evidenceColumns.key, ({ columns }) => refOf(columns, 'span_id')],
  [
    evidenceColumns.parent,
    ({ columns }) => (columns['parent_span_id'] === '' ? '' : refOf(columns, 'parent_span_id')),
  ],
  // A key stands for an instance's name, and is compared with other keys only: the name itself does.
  [evidenceColumns.instance_key, ({ columns }) => columns['instance_id']],
  [instanceClaimColumns.instance_key, ({ columns }) => columns['instance_id']],
  [evidenceColumns.content_ref, ({ columns }) => textOfKind(columns, 'content_ref', 48)],
  [
    evidenceColumns.content_commitment,
    ({ columns }) => textOfKind(columns, 'content_commitment', 64),
  ],
  [evidenceColumns.span_kind, ({ columns }) => String(columns['kind'])],
  [evidenceColumns.outcome_rule, ({ columns }) => outcomeRule(columns)],
  [evidenceColumns.links, ({ columns }) => firstBytes(String(columns['links']), linksBytesMax)],
  [evidenceColumns.log_index, ({ columns }) => String(columns['log_index'])],
  [evidenceColumns.leaf, ({ leaf }) => leaf.toUpperCase()],
])

const kinds = new Map(recordFields.map(({ column, kind }) => [column, kind]))

/**
 * The row of evidence that a sealed record makes, as the statement would have given it: each field is derived from the record's
 * own columns, and only what no record holds is taken from `stated` (see {@link statedFields}).
 */
export function deriveRow(
  role: DerivableRole,
  record: SealedRecord,
  stated: StatedValues,
): EvidenceRow {
  const values = Object.entries(columnsByRole[role]).map(([field, sql]) =>
    isDerived(sql) ? derivedValue(role, sql, record) : (stated[field] ?? null),
  )
  return { role, record: JSON.stringify(values) }
}

/** The fields of a role that do not follow from one record: an answer is decided with them as they are stated. */
export function statedFields(role: DerivableRole): string[] {
  return Object.entries(columnsByRole[role])
    .filter(([, sql]) => !isDerived(sql))
    .map(([field]) => field)
}

/** Reads what the statement gave for a role, by field. */
export function fieldsOfRow({ role, record }: EvidenceRow): Record<string, unknown> {
  if (!isDerivable(role)) return {}
  const values: unknown = JSON.parse(record)
  if (!Array.isArray(values)) return {}
  return Object.fromEntries(
    Object.keys(columnsByRole[role]).map((field, index) => [field, values[index]]),
  )
}

/** Whether a record can stand behind rows of a role. */
export function isDerivable(role: EvidenceRow['role']): role is DerivableRole {
  return Object.hasOwn(columnsByRole, role)
}

function isDerived(sql: string): boolean {
  return derivations.has(sql) || kinds.has(sql)
}

function derivedValue(role: DerivableRole, sql: string, record: SealedRecord): unknown {
  if (role === 'claimed' && sql === 'template_id') return claimedTemplate(record)
  return derivations.get(sql)?.(record) ?? plainValue(sql, record)
}

/** Only a claim that its sender may make, in its own words, names a template in `whodid.threads`. */
function claimedTemplate({ columns }: SealedRecord): unknown {
  const isBelievable = columns['template_rule'] === '' && columns['channel'] !== 'unentitled'
  return isBelievable ? columns['template_id'] : ''
}

/** A column as the engine writes it in JSON: 64-bit integers as text, times without `T` and `Z`. */
function plainValue(column: string, { columns }: SealedRecord): unknown {
  const value = columns[column] ?? ''
  const kind = kinds.get(column)
  if (kind === 'time') return String(value).replace('T', ' ').replace('Z', '')
  return kind === 'uint64' || kind === 'int64' ? String(value) : value
}

function refOf(columns: SealedRecord['columns'], span: string): string {
  return `${hexOf(columns, 'trace_id', 32)}-${hexOf(columns, span, 16)}`
}

function textOfKind(columns: SealedRecord['columns'], column: string, digits: number): string {
  return quotedKinds.has(columns['record_kind']) ? hexOf(columns, column, digits) : ''
}

/** Records whose texts an answer may quote. */
const quotedKinds: ReadonlySet<unknown> = new Set(['prompt', 'plan', 'model_call'])

/** Of an act, what the collector wrote beside the outcome that it derived. */
function outcomeRule(columns: SealedRecord['columns']): string {
  const kind = columns['record_kind']
  if (kind !== 'tool_call' && kind !== 'action') return ''
  const attributes = parseObject(String(columns['attributes'] ?? ''))
  const rule = attributes[attribute.outcomeRule]
  return typeof rule === 'string' ? rule : ''
}

/** The members of a JSON object; none where the text is no object. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    // The engine finds no member in such a text either.
    return {}
  }
}

/** As the engine cuts: by bytes, a character in the middle. */
function firstBytes(text: string, max: number): string {
  const bytes = Buffer.from(text)
  return bytes.length <= max ? text : bytes.subarray(0, max).toString()
}

/** Zeroes where the record has none. */
function hexOf(columns: SealedRecord['columns'], column: string, digits: number): string {
  return String(columns[column] ?? '').padStart(digits, '0')
}
