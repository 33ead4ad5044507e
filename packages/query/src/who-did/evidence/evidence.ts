import { isAttested } from '../decide/sealed-grade.ts'
import { readEntitlements } from './entitlements.ts'
import {
  candidateColumns,
  textBlockColumns,
  evidenceColumns,
  instanceClaimColumns,
  listedColumns,
  readRow,
} from './evidence-columns.ts'
import type {
  CandidateAct,
  TextBlockRow,
  EvidenceRecord,
  InstanceClaim,
  ListedAction,
  StoredRecord,
} from './evidence-record.ts'

/** A row of a statement: its role, and its record as text. */
export interface EvidenceRow {
  readonly role:
    'candidate' | 'inheriting' | 'listed' | 'subject' | 'kin' | 'claimed' | 'text_block' | 'cut'
  readonly record: string
}

/** The fields are the same for every condition. */
const listedFields = listedColumns('')
const candidateFields = candidateColumns('')

/** The most records that one question looks at; one more is read to detect that there are more. */
export const relatedRecordsMax = 4000

/** The acts found on a handle, before related records are gathered. */
export interface FoundActs {
  /** Acts that name the handle and may be what the verdict concerns, in no order. */
  readonly candidates: readonly CandidateAct[]
  /** Acts without the name in a trace where it occurs, in no order. */
  readonly inheriting: readonly ListedAction[]
}

/** The records gathered around one act. Nothing is decided yet. */
export interface RelatedRecords {
  /**
   * Every version of each record that may explain the act, by its key, in the order of receipt. Of a span ID shared by
   * several acts, it holds the versions of one. Without an act, it holds some of the records that the handle names, if any.
   */
  readonly relatedRecords: ReadonlyMap<string, readonly EvidenceRecord[]>
  /** The other acts that share a span ID, by key, each with its versions. */
  readonly separate: ReadonlyMap<string, readonly (readonly EvidenceRecord[])[]>
  /** The claims on the instances that act in the trace, earliest first. */
  readonly instanceClaims: readonly InstanceClaim[]
  /** By name, the blocks of the texts of prompts and plans. */
  readonly textBlocks: ReadonlyMap<string, Buffer>
  /** True when more records exist than one question looks at: an absent record may only not have been read. */
  readonly truncated: boolean
}

/** The operator's settings for how answers are made. */
export interface DecisionRules {
  /** True when the rule `user_of_the_request` is used. Default: true. */
  readonly inferRequestUser?: boolean | undefined
}

/** All that a question gathered. */
export interface Evidence extends RelatedRecords {
  readonly rules?: DecisionRules | undefined
  /** `<trace>-<span>` of the act that the verdict concerns; '' when there is none. */
  readonly subject: string
  /** The newest acts on the handle, newest first. */
  readonly listed: readonly ListedAction[]
}

/** A text before `openTexts` has looked at it. */
const unopened = { state: 'unread' } as const

/** Reads the rows of the statement that finds acts. */
export function readFoundActs(rows: readonly EvidenceRow[]): FoundActs {
  const of = (wanted: EvidenceRow['role']): string[] =>
    rows.flatMap(({ role, record }) => (role === wanted ? [record] : []))
  return {
    candidates: of('candidate').map((record) => readRow<CandidateAct>(candidateFields, record)),
    inheriting: of('inheriting').map((record) => readRow<ListedAction>(listedFields, record)),
  }
}

/** Returns a record as a row gives it: its text is not opened. */
export function readRecord(text: string): EvidenceRecord {
  const stored = readRow<StoredRecord>(evidenceColumns, text)
  return { ...stored, content: '', content_state: unopened }
}

/** Reads rows gathered about an act, whose own have the role `subject`; without one, nothing was found. */
export function readEvidence(rows: readonly EvidenceRow[]): Evidence {
  const records: EvidenceRecord[] = []
  const subjects: EvidenceRecord[] = []
  const listed: ListedAction[] = []
  const claims: InstanceClaim[] = []
  const textBlocks = new Map<string, Buffer>()
  let isCut = false
  for (const { role, record: text } of rows) {
    if (role === 'claimed') claims.push(readRow<InstanceClaim>(instanceClaimColumns, text))
    else if (role === 'listed') listed.push(readRow<ListedAction>(listedFields, text))
    else if (role === 'text_block') {
      const { ref, sealed } = readRow<TextBlockRow>(textBlockColumns, text)
      textBlocks.set(ref, Buffer.from(sealed, 'base64'))
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
    textBlocks,
    subject: subjects[0]?.key ?? '',
    listed: listed.toSorted((a, b) => compare(b.ts, a.ts)),
  }
}

/** The facts known beside the records. */
interface RelatedRecordsDeps {
  readonly claims: readonly InstanceClaim[]
  readonly truncated: boolean
  /** Versions of the act in question: of several acts under its span ID, this one. */
  readonly subjects: readonly EvidenceRecord[]
}

/** Groups records by their keys, and separates the acts that share one. */
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
  return { relatedRecords, separate, instanceClaims, textBlocks: new Map(), truncated }
}

function byReceipt(a: { received_at: string }, b: { received_at: string }): number {
  return compare(a.received_at, b.received_at)
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The fields that distinguish acts under the same span ID; an absent value is no difference. */
const marks = ['resource', 'tool', 'verb'] as const

/**
 * Rule `one_span_id_several_acts`: separates the records under one span ID into acts. Forked processes reuse span IDs, and
 * anyone who saw an ID can reuse it. Records that differ in resource, tool or verb are separate acts, each with its versions.
 * One that the instance's own key has signed comes first, then the best backed, then the first received.
 *
 * @param versions in the order of their receipt
 * @param isBacked true when a record's exporter may speak for its actor
 */
function separateActs(
  versions: readonly EvidenceRecord[],
  isBacked: (record: EvidenceRecord) => boolean,
): readonly (readonly EvidenceRecord[])[] {
  if (versions.length < 2) return [versions]
  const rank = (one: EvidenceRecord): number => (isAttested(one) ? 0 : isBacked(one) ? 1 : 2)
  const ranked = versions.toSorted((a, b) => rank(a) - rank(b))
  const acts: EvidenceRecord[][] = []
  for (const version of ranked) {
    const act = acts.find((one) => one.every((other) => isSameAct(version, other)))
    if (act === undefined) acts.push([version])
    else act.push(version)
  }
  return acts.map((act) => versions.filter((version) => act.includes(version)))
}

/** True when two records may describe one act. */
export function isSameAct(
  a: Pick<EvidenceRecord, (typeof marks)[number]>,
  b: Pick<EvidenceRecord, (typeof marks)[number]>,
): boolean {
  return marks.every((mark) => a[mark] === '' || b[mark] === '' || a[mark] === b[mark])
}
