import { readEntitlements } from './entitlements.ts'
import {
  envelopeColumns,
  evidenceColumns,
  instanceClaimColumns,
  listedColumns,
  readRow,
} from './evidence-columns.ts'
import type {
  EnvelopeRow,
  EvidenceRecord,
  InstanceClaim,
  ListedAction,
  StoredRecord,
} from './evidence-record.ts'

/** A row of a statement: what it is, and itself as text. */
export interface EvidenceRow {
  readonly role:
    'candidate' | 'inheriting' | 'listed' | 'subject' | 'kin' | 'claimed' | 'envelope' | 'cut'
  readonly record: string
}

/** Whatever the condition, the fields are the same. */
const listedFields = listedColumns('')

/** Most records that one question looks at; one more is asked for, to know that there are more. */
export const relatedRecordsMax = 4000

/** What was found on a handle, before anything is gathered about it. */
export interface FoundActs {
  /** Acts that name the handle and may be what the verdict concerns, in no order. */
  readonly candidates: readonly ListedAction[]
  /** Acts in a trace where the name occurs that do not carry it, in no order. */
  readonly inheriting: readonly ListedAction[]
}

/** What was gathered around one act. Nothing is decided yet. */
export interface RelatedRecords {
  /**
   * Every version of each record that may explain the act, by its key; versions in the order of receipt. Of a span ID under
   * which several acts stand, the versions of one. Without an act, some of the records that the handle names, where it names any.
   */
  readonly relatedRecords: ReadonlyMap<string, readonly EvidenceRecord[]>
  /** By key, the acts that stand under the same span ID as another, each with its versions. */
  readonly separate: ReadonlyMap<string, readonly (readonly EvidenceRecord[])[]>
  /** Who claims the instances that act in the trace, earliest first. */
  readonly instanceClaims: readonly InstanceClaim[]
  /** By name, the envelopes of the texts of prompts and plans. */
  readonly envelopes: ReadonlyMap<string, Buffer>
  /** Whether there was more than one question looks at: what is absent may only not have been looked at. */
  readonly truncated: boolean
}

/** What an operator decides about how answers are made. */
export interface DecisionRules {
  /** Whether the rule `user_of_the_request` is used. Default: true. */
  readonly inferRequestUser?: boolean | undefined
}

/** All that a question gathered. */
export interface Evidence extends RelatedRecords {
  readonly rules?: DecisionRules | undefined
  /** `<trace>-<span>` of what the verdict concerns; '' when there is nothing. */
  readonly subject: string
  /** The newest acts on the handle, newest first. */
  readonly listed: readonly ListedAction[]
}

/** A text before `openTexts` has looked at it. */
const unopened = { state: 'unread' } as const

/** Reads the rows of the statement that finds acts. */
export function readFoundActs(rows: readonly EvidenceRow[]): FoundActs {
  const of = (role: EvidenceRow['role']): ListedAction[] =>
    rows
      .filter((row) => row.role === role)
      .map(({ record }) => readRow<ListedAction>(listedFields, record))
  return { candidates: of('candidate'), inheriting: of('inheriting') }
}

/** A record as a row gives it: its text is not opened. */
export function readRecord(text: string): EvidenceRecord {
  const stored = readRow<StoredRecord>(evidenceColumns, text)
  return { ...stored, content: '', content_state: unopened }
}

/** Reads rows that were gathered about an act, those of the act itself as `subject`; without one, nothing was found. */
export function readEvidence(rows: readonly EvidenceRow[]): Evidence {
  const records: EvidenceRecord[] = []
  const subjects: EvidenceRecord[] = []
  const listed: ListedAction[] = []
  const claims: InstanceClaim[] = []
  const envelopes = new Map<string, Buffer>()
  let isCut = false
  for (const { role, record: text } of rows) {
    if (role === 'claimed') claims.push(readRow<InstanceClaim>(instanceClaimColumns, text))
    else if (role === 'listed') listed.push(readRow<ListedAction>(listedFields, text))
    else if (role === 'envelope') {
      const { ref, sealed } = readRow<EnvelopeRow>(envelopeColumns, text)
      envelopes.set(ref, Buffer.from(sealed, 'base64'))
    } else if (role === 'cut') isCut = true
    else if (role === 'subject' || role === 'kin') {
      const record = readRecord(text)
      records.push(record)
      if (role === 'subject') subjects.push(record)
    }
  }
  const truncated = isCut || records.length > relatedRecordsMax
  return {
    ...relateRecords(records, { claims, truncated, subjects }),
    envelopes,
    subject: subjects[0]?.key ?? '',
    listed: listed.toSorted((a, b) => compare(b.ts, a.ts)),
  }
}

/** What is known beside the records. */
interface RelatedRecordsDeps {
  readonly claims: readonly InstanceClaim[]
  readonly truncated: boolean
  /** Versions of the act in question: of several acts under its span ID, this one. */
  readonly subjects: readonly EvidenceRecord[]
}

/** Orders records by their keys, and parts the acts that share one. */
export function relateRecords(
  records: readonly EvidenceRecord[],
  { claims, truncated, subjects }: RelatedRecordsDeps,
): RelatedRecords {
  const found = new Map<string, EvidenceRecord[]>()
  for (const record of records) {
    const versions = found.get(record.key)
    if (versions === undefined) found.set(record.key, [record])
    else versions.push(record)
  }
  for (const versions of found.values()) versions.sort(byReceipt)
  const { isBacked } = readEntitlements(found)
  const relatedRecords = new Map<string, readonly EvidenceRecord[]>()
  const separate = new Map<string, readonly (readonly EvidenceRecord[])[]>()
  for (const [key, versions] of found) {
    const acts = separateActs(versions, isBacked)
    const own = acts.find((act) => subjects.some((record) => act.includes(record)))
    relatedRecords.set(key, own ?? acts[0] ?? [])
    if (acts.length > 1) separate.set(key, acts)
  }
  const instanceClaims = claims.toSorted(byReceipt)
  return { relatedRecords, separate, instanceClaims, envelopes: new Map(), truncated }
}

function byReceipt(a: { received_at: string }, b: { received_at: string }): number {
  return compare(a.received_at, b.received_at)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** What tells one act from another under the same span ID; absent is no difference. */
const marks = ['resource', 'tool', 'verb'] as const

/**
 * Rule `one_span_id_several_acts`: parts the records under one span ID into acts. Forked processes hand out the same span IDs,
 * and whoever saw an ID go by can use it again: records that differ in resource, tool or verb are separate acts, each
 * with its versions. The best backed act comes first, of two the one that was received first.
 *
 * @param versions in the order of their receipt
 * @param isBacked whether a record's exporter may speak for whom it is of
 */
function separateActs(
  versions: readonly EvidenceRecord[],
  isBacked: (record: EvidenceRecord) => boolean,
): readonly (readonly EvidenceRecord[])[] {
  if (versions.length < 2) return [versions]
  const ranked = versions.toSorted((a, b) => Number(isBacked(b)) - Number(isBacked(a)))
  const acts: EvidenceRecord[][] = []
  for (const version of ranked) {
    const act = acts.find((one) => one.every((other) => isSameAct(version, other)))
    if (act === undefined) acts.push([version])
    else act.push(version)
  }
  return acts.map((act) => versions.filter((version) => act.includes(version)))
}

/** Whether two records may tell of one act. */
export function isSameAct(
  a: Pick<EvidenceRecord, (typeof marks)[number]>,
  b: Pick<EvidenceRecord, (typeof marks)[number]>,
): boolean {
  return marks.every((mark) => a[mark] === '' || b[mark] === '' || a[mark] === b[mark])
}
