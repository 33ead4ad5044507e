import { recordFields } from '@whodid/model'
import { evidenceColumns, instanceClaimColumns, listedColumns } from './evidence-columns.ts'
import type { Columns } from './evidence-columns.ts'
import type { EvidenceRow } from './evidence.ts'

/** A record as its log sealed it, read back from its canonical form: by column, times RFC 3339, absent IDs ''. */
export interface SealedRecord {
  readonly columns: Readonly<Record<string, string | number | boolean | readonly string[]>>
  /** The leaf hash of the form, hex. */
  readonly leaf: string
}

/** The rows of a statement that a record can stand behind. */
export type DerivableRole = Exclude<EvidenceRow['role'], 'envelope'>

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
  if (role === 'envelope') return {}
  const values: unknown = JSON.parse(record)
  if (!Array.isArray(values)) return {}
  return Object.fromEntries(
    Object.keys(columnsByRole[role]).map((field, index) => [field, values[index]]),
  )
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
  const isQuoted = columns['record_kind'] === 'prompt' || columns['record_kind'] === 'plan'
  return isQuoted ? hexOf(columns, column, digits) : ''
}

/** Zeroes where the record has none. */
function hexOf(columns: SealedRecord['columns'], column: string, digits: number): string {
  return String(columns[column] ?? '').padStart(digits, '0')
}
