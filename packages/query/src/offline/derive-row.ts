import { attribute, nameKey, recordFields, restFields } from '@whodid/model'
import type { RecordRow } from '@whodid/model'
import {
  candidateColumns,
  evidenceColumns,
  instanceClaimColumns,
  linksBytesMax,
  listedColumns,
  sealedBeginning,
} from '../who-did/evidence/evidence-columns.ts'
import type { Columns } from '../who-did/evidence/evidence-columns.ts'
import type { EvidenceRow } from '../who-did/evidence/evidence.ts'

/** A record as its log sealed it, or as it stands in the ledger. */
export interface SealedRecord {
  readonly columns: RecordRow
  /** The leaf hash of the form, hex. */
  readonly leaf: string
}

/** The roles of rows that can be derived from one record. */
export type DerivableRole = 'subject' | 'kin' | 'candidate' | 'listed' | 'claimed'

/** Values by field that no single record holds: those the question computed, or a time of a group of rows. */
export type StatedValues = Readonly<Record<string, unknown>>

const columnsByRole: Readonly<Record<DerivableRole, Columns<Record<string, unknown>>>> = {
  subject: { ...evidenceColumns },
  kin: { ...evidenceColumns },
  candidate: { ...candidateColumns('') },
  listed: { ...listedColumns('') },
  claimed: { ...instanceClaimColumns },
}

type Derivation = (record: SealedRecord) => unknown

/** The columns of a record's seal, and the attributes that hold them. */
const sealFields = [
  ['seal_result', attribute.sealResult],
  ['seal_claims', attribute.sealClaims],
  ['seal', attribute.sealId],
  ['seal_key', attribute.sealKey],
  ['seal_token', attribute.sealToken],
  ['seal_jws', attribute.sealJws],
] as const

/** The engine's expressions that are more than a column, and how each is derived from a record. */
const derivations: ReadonlyMap<string, Derivation> = new Map<string, Derivation>([
  [evidenceColumns.key, ({ columns }) => refOf(columns, 'span_id')],
  [
    evidenceColumns.parent,
    ({ columns }) => (columns['parent_span_id'] === '' ? '' : refOf(columns, 'parent_span_id')),
  ],
  [evidenceColumns.instance_key, ({ columns }) => instanceKey(columns)],
  [instanceClaimColumns.instance_key, ({ columns }) => instanceKey(columns)],
  [evidenceColumns.text_block, ({ columns }) => textOfKind(columns, 'text_block', 48)],
  [evidenceColumns.text_at, ({ columns }) => (isQuoted(columns) ? columns['text_at'] : 0)],
  [evidenceColumns.commitment, ({ columns }) => textOfKind(columns, 'commitment', 64)],
  [evidenceColumns.span_kind, ({ columns }) => String(columns['kind'])],
  [evidenceColumns.outcome_rule, ({ columns }) => outcomeRule(columns)],
  ...sealFields.map(([column, key]): [string, Derivation] => [
    evidenceColumns[column],
    ({ columns }) =>
      String(columns['attributes'] ?? '').startsWith(sealedBeginning)
        ? textAttribute(columns, key)
        : '',
  ]),
  [evidenceColumns.links, ({ columns }) => firstBytes(String(columns['links']), linksBytesMax)],
  [evidenceColumns.log_index, ({ columns }) => String(columns['log_index'])],
  [evidenceColumns.leaf, ({ leaf }) => leaf.toUpperCase()],
])

const kinds = new Map<string, string>([
  ...recordFields.map(({ column, kind }): [string, string] => [column, kind]),
  ...restFields.map(({ name, kind }): [string, string] => [name, kind]),
])

/**
 * Returns the row of evidence that the statement would give for a sealed record. Each field is derived from the record's own
 * columns; only fields that no record holds are taken from `stated` (see {@link statedFields}).
 */
export function deriveRow(
  role: DerivableRole,
  record: SealedRecord,
  stated: StatedValues,
): EvidenceRow {
  const values = derivers[role].map((derive) => derive(record, stated))
  return { role, record: JSON.stringify(values) }
}

/** Returns the fields of a role that do not follow from one record; an answer uses them as stated. */
export function statedFields(role: DerivableRole): string[] {
  return Object.entries(columnsByRole[role])
    .filter(([, sql]) => !isDerived(sql))
    .map(([field]) => field)
}

/** Returns the statement's values for a row, by field. */
export function fieldsOfRow({ role, record }: EvidenceRow): Record<string, unknown> {
  if (!isDerivable(role)) return {}
  const values: unknown = JSON.parse(record)
  if (!Array.isArray(values)) return {}
  return Object.fromEntries(
    Object.keys(columnsByRole[role]).map((field, index) => [field, values[index]]),
  )
}

/** True when rows of a role can be derived from one record. */
export function isDerivable(role: EvidenceRow['role']): role is DerivableRole {
  return Object.hasOwn(columnsByRole, role)
}

type Derive = (record: SealedRecord, stated: StatedValues) => unknown

/** The derivation of each field, looked up once. */
const derivers: Readonly<Record<DerivableRole, readonly Derive[]>> = {
  subject: derivationsOf('subject'),
  kin: derivationsOf('kin'),
  candidate: derivationsOf('candidate'),
  listed: derivationsOf('listed'),
  claimed: derivationsOf('claimed'),
}

function derivationsOf(role: DerivableRole): Derive[] {
  return Object.entries(columnsByRole[role]).map(([field, sql]): Derive => {
    if (role === 'claimed' && sql === 'template_id') return claimedTemplate
    const derive = derivations.get(sql)
    if (derive !== undefined) return (record) => derive(record) ?? ''
    const kind = kinds.get(sql)
    return kind === undefined
      ? (_, stated) => stated[field] ?? null
      : ({ columns }) => plainValue(columns[sql] ?? '', kind)
  })
}

function isDerived(sql: string): boolean {
  return derivations.has(sql) || kinds.has(sql)
}

/** `whodid.threads` names a template only for a claim that its sender may make and no rule derived. */
function claimedTemplate({ columns }: SealedRecord): unknown {
  const isBelievable = columns['template_rule'] === '' && columns['channel'] !== 'unentitled'
  return isBelievable ? columns['template_id'] : ''
}

/** Returns a column as the engine writes it in JSON: 64-bit integers as text, times without `T` and `Z`. */
function plainValue(value: RecordRow[string], kind: string): unknown {
  if (kind === 'time') return String(value).replace('T', ' ').replace('Z', '')
  return kind === 'uint64' || kind === 'number' ? String(value) : value
}

function refOf(columns: SealedRecord['columns'], span: string): string {
  return `${hexOf(columns, 'trace_id', 32)}-${hexOf(columns, span, 16)}`
}

function textOfKind(columns: SealedRecord['columns'], column: string, digits: number): string {
  return isQuoted(columns) ? hexOf(columns, column, digits) : ''
}

function isQuoted(columns: SealedRecord['columns']): boolean {
  return quotedKinds.has(columns['record_kind'])
}

/** Records whose texts an answer may quote. */
const quotedKinds: ReadonlySet<unknown> = new Set(['prompt', 'plan', 'model_call'])

function instanceKey(columns: SealedRecord['columns']): string {
  return String(nameKey('instance', String(columns['instance_id'])))
}

/** Returns the rule beside an outcome that the collector derived for an act; '' where there is none. */
function outcomeRule(columns: SealedRecord['columns']): string {
  const kind = columns['record_kind']
  if (kind !== 'tool_call' && kind !== 'action') return ''
  return textAttribute(columns, attribute.outcomeRule)
}

/** Returns an attribute that is a text; '' where there is none. */
function textAttribute(columns: SealedRecord['columns'], key: string): string {
  const value = parseObject(String(columns['attributes'] ?? ''))[key]
  return typeof value === 'string' ? value : ''
}

/** Returns the members of a JSON object; none where the text is no object. */
function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    // The engine finds no member in such a text either.
    return {}
  }
}

/** Cuts by bytes, even within a character, as the engine does. */
function firstBytes(text: string, max: number): string {
  const bytes = Buffer.from(text)
  return bytes.length <= max ? text : bytes.subarray(0, max).toString()
}

/** Returns zeroes where the record has no value. */
function hexOf(columns: SealedRecord['columns'], column: string, digits: number): string {
  return String(columns[column] ?? '').padStart(digits, '0')
}
