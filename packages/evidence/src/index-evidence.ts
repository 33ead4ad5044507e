import { hasPart } from '@whodid/model'
import { deriveRow, fieldsOfRow, isDerivable, statedFields } from '@whodid/query/offline'
import type { EvidencedAnswer, Question } from '@whodid/query'
import type {
  DerivableRole,
  EvidenceIndex,
  EvidenceRow,
  IndexedRow,
  IndexedText,
} from '@whodid/query/offline'
import type { Selector } from '@whodid/store'
import { readFormsOfClaims, readFormsOfSpans } from './read-forms.ts'
import { recordRow } from '@whodid/model'

/** The input of a decision: the places of the records, and the records. */
export interface IndexedEvidence {
  readonly index: EvidenceIndex
  readonly forms: readonly Buffer[]
}

/** Claims on instances whose records are looked for; as many as an answer looks at. */
const claimsMax = 1_000

/**
 * Finds the sealed record behind each row that an answer was decided from. A row that no record makes as it stands, because
 * somebody wrote it into a table beside the records, gets no place: the package then does not verify, and says so.
 */
export async function indexEvidence(
  selector: Selector,
  tenant: string,
  decided: Pick<EvidencedAnswer, 'rows' | 'evidence'> & { readonly question: Question },
): Promise<IndexedEvidence> {
  const rows = rowsSaid(decided.rows)
  const spans = rows.flatMap(({ fields: { key } }) => (typeof key === 'string' ? [key] : []))
  const claims = rows.flatMap(({ role, instance }) => (role === 'claimed' ? [instance] : []))
  const forms = [
    ...(await readFormsOfSpans(selector, tenant, [...new Set(spans)])),
    ...(await readFormsOfClaims(selector, tenant, {
      instances: [...new Set(claims)],
      max: claimsMax,
    })),
  ]
  const known = recordsByName(forms)
  const found = rows.map((row) => ({ row, record: recordOf(row, known) }))
  return {
    index: {
      question: rawOf(decided.question),
      ...(decided.evidence.rules === undefined ? {} : { rules: decided.evidence.rules }),
      ...(decided.rows.some(({ role }) => role === 'cut') ? { isCut: true } : {}),
      rows: found.map(({ row, record }) => indexedRow(row, record)),
      texts: textsOf(decided.evidence),
    },
    forms: [...new Set(found.flatMap(({ record }) => (record === undefined ? [] : [record.form])))],
  }
}

/** A row as the statement gave it, by field; of a claim, the instance that its key stands for. */
interface RowSaid {
  readonly role: DerivableRole
  readonly fields: Readonly<Record<string, unknown>>
  readonly instance: string
}

function rowsSaid(rows: readonly EvidenceRow[]): RowSaid[] {
  const instances = new Map<unknown, string>()
  const said: RowSaid[] = []
  for (const row of rows) {
    const { role } = row
    if (!isDerivable(role)) continue
    const fields = fieldsOfRow(row)
    const instance = fields['instance']
    if (role !== 'claimed' && role !== 'listed' && typeof instance === 'string')
      instances.set(fields['instance_key'], instance)
    said.push({ role, fields, instance: '' })
  }
  // A claim on an instance that no record at hand names bears on nothing.
  return said.flatMap((row): RowSaid[] => {
    if (row.role !== 'claimed') return [row]
    const instance = instances.get(row.fields['instance_key']) ?? ''
    return instance === '' ? [] : [{ ...row, instance }]
  })
}

interface KnownRecord {
  readonly form: Buffer
  readonly log: string
  readonly index: number
  /** The row that it makes in a role, by field. */
  readonly derived: (role: DerivableRole) => Readonly<Record<string, unknown>>
}

/** Records by each name that a row may look for: a place, a span, an instance. */
function recordsByName(forms: readonly Buffer[]): ReadonlyMap<string, readonly KnownRecord[]> {
  const known = new Map<string, KnownRecord[]>()
  for (const form of forms) {
    const columns = recordRow(form)
    const log = String(columns['log_id'])
    const index = Number(columns['log_index'])
    const derived = (role: DerivableRole): Record<string, unknown> =>
      fieldsOfRow(deriveRow(role, { columns, leaf: '' }, {}))
    const span = `${String(columns['trace_id'])}-${String(columns['span_id'])}`
    for (const name of [
      placeName(log, index),
      spanName(span),
      instanceName(String(columns['instance_id'])),
    ]) {
      const named = known.get(name)
      if (named === undefined) known.set(name, [{ form, log, index, derived }])
      else named.push({ form, log, index, derived })
    }
  }
  return known
}

const placeName = (log: string, index: number): string => `place ${index} ${log}`
const spanName = (span: string): string => `span ${span}`
const instanceName = (instance: string): string => `instance ${instance}`

function recordOf(
  { role, fields, instance }: RowSaid,
  known: ReadonlyMap<string, readonly KnownRecord[]>,
): KnownRecord | undefined {
  const given = comparable(role, fields)
  const named = known.get(nameOf(role, fields, instance)) ?? []
  return named.find((record) => comparable(role, record.derived(role)) === given)
}

function nameOf(role: DerivableRole, fields: RowSaid['fields'], instance: string): string {
  if (role === 'claimed') return instanceName(instance)
  if (role === 'listed') return spanName(String(fields['key']))
  return placeName(String(fields['log']), Number(fields['log_index']))
}

/** A row without what is stated beside the records, the engine's key of an instance, which is looked up by name, and its own hash. */
function comparable(role: DerivableRole, fields: Readonly<Record<string, unknown>>): string {
  const left = new Set([...statedFields(role), 'instance_key', 'leaf'])
  return JSON.stringify(Object.entries(fields).filter(([field]) => !left.has(field)))
}

function indexedRow({ role, fields }: RowSaid, record: KnownRecord | undefined): IndexedRow {
  const names = record === undefined ? Object.keys(fields) : statedFields(role)
  const stated =
    names.length === 0
      ? {}
      : { stated: Object.fromEntries(names.map((name) => [name, fields[name]])) }
  return { role, log: record?.log ?? '', index: record?.index ?? -1, ...stated }
}

/** Returns the state of each text that was committed to. */
function textsOf({ relatedRecords }: EvidencedAnswer['evidence']): IndexedText[] {
  return [...relatedRecords.values()].flat().flatMap((record): IndexedText[] => {
    const { log, log_index: place, content_state: content, text_at: textAt } = record
    if (!hasPart(textAt, 'content')) return []
    const { state } = content
    const known = state === 'erased' ? { state, record: content.record, at: content.at } : { state }
    return [{ log, index: Number(place), state: known }]
  })
}

/** The question as it was asked, to be parsed again. */
function rawOf(question: Question): EvidenceIndex['question'] {
  const { of, atText, asRecordedText, fromText, toText, verb, limit } = question
  const asked = Object.entries({
    at: atText,
    as_recorded: asRecordedText,
    from: fromText,
    to: toText,
    verb,
    limit: String(limit),
  })
  return { of, ...Object.fromEntries(asked.filter(([, value]) => value !== null)) }
}
