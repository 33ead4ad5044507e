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
import { separateActs } from './separate-acts.ts'

/** A row of a statement: what it is, and itself as text. */
export interface EvidenceRow {
  readonly role: 'candidate' | 'inheriting' | 'listed' | 'counted' | 'kin' | 'claimed' | 'envelope'
  readonly record: string
}

/** Whatever the condition, the fields are the same. */
const listedFields = listedColumns('')

/** Most records that one question looks at; one more is asked for, to know that there are more. */
export const kinMax = 4000

/** What was found on a handle, before anything is gathered about it. */
export interface FoundActs {
  /** Acts that name the handle and may be what the verdict concerns, in no order. */
  readonly candidates: readonly ListedAction[]
  /** Acts in a trace where the name occurs that do not carry it, in no order. */
  readonly inheriting: readonly ListedAction[]
  /** The newest acts that name the handle, newest first. */
  readonly listed: readonly ListedAction[]
  /** Of a trace or a correlation: its records in all, and those that no known vocabulary explains. */
  readonly counted: { readonly records: number; readonly unexplained: number }
}

/** What was gathered around one act. Nothing is decided yet. */
export interface Kin {
  /**
   * Every version of each record that may explain the act, by its key; versions in the order of receipt. Of a span ID under
   * which several acts stand, the versions of one.
   */
  readonly kin: ReadonlyMap<string, readonly EvidenceRecord[]>
  /** By key, the acts that stand under the same span ID as another, each with its versions. */
  readonly separate: ReadonlyMap<string, readonly (readonly EvidenceRecord[])[]>
  /** Who claims the instances that act in the trace, earliest first. */
  readonly instanceClaims: readonly InstanceClaim[]
  /** By name, the envelopes of the texts of prompts and plans. */
  readonly envelopes: ReadonlyMap<string, Buffer>
  /** Whether there were more records than {@link kinMax}: what is absent may only not have been looked at. */
  readonly truncated: boolean
}

/** All that a question gathered. */
export interface Evidence extends Kin {
  /** `<trace>-<span>` of what the verdict concerns; '' when there is nothing. */
  readonly subject: string
  /** The newest acts on the handle, newest first. */
  readonly listed: readonly ListedAction[]
  readonly counted: FoundActs['counted']
}

/** A text before `openTexts` has looked at it. */
const unopened = { state: 'unread' } as const

/** Reads the rows of the statement that finds acts. */
export function readFoundActs(rows: readonly EvidenceRow[]): FoundActs {
  const acts = {
    candidate: [] as ListedAction[],
    inheriting: [] as ListedAction[],
    listed: [] as ListedAction[],
  }
  let counted = { records: 0, unexplained: 0 }
  for (const { role, record } of rows) {
    if (role === 'candidate' || role === 'inheriting' || role === 'listed')
      acts[role].push(readRow<ListedAction>(listedFields, record))
    else if (role === 'counted') counted = readRow<typeof counted>(countedFields, record)
  }
  return {
    candidates: acts.candidate,
    inheriting: acts.inheriting,
    listed: acts.listed.toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts > b.ts ? -1 : 1)),
    counted: { records: Number(counted.records), unexplained: Number(counted.unexplained) },
  }
}

const countedFields = { records: '', unexplained: '' }

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Reads the rows of the statement that gathers what explains an act. */
export function readKin(rows: readonly EvidenceRow[]): Kin {
  const records: EvidenceRecord[] = []
  const claims: InstanceClaim[] = []
  const envelopes = new Map<string, Buffer>()
  for (const { role, record: text } of rows) {
    if (role === 'claimed') claims.push(readRow<InstanceClaim>(instanceClaimColumns, text))
    else if (role === 'envelope') {
      const { ref, sealed } = readRow<EnvelopeRow>(envelopeColumns, text)
      envelopes.set(ref, Buffer.from(sealed, 'base64'))
    } else {
      const stored = readRow<StoredRecord>(evidenceColumns, text)
      records.push({ ...stored, content: '', content_state: unopened })
    }
  }
  return { ...kinOf(records, { claims, truncated: records.length > kinMax }), envelopes }
}

/** Orders records by their keys, and parts the acts that share one. */
export function kinOf(
  records: readonly EvidenceRecord[],
  { claims, truncated }: { readonly claims: readonly InstanceClaim[]; readonly truncated: boolean },
): Kin {
  const found = new Map<string, EvidenceRecord[]>()
  for (const record of records) {
    const versions = found.get(record.key)
    if (versions === undefined) found.set(record.key, [record])
    else versions.push(record)
  }
  const kin = new Map<string, readonly EvidenceRecord[]>()
  const separate = new Map<string, readonly (readonly EvidenceRecord[])[]>()
  for (const [key, versions] of found) {
    const acts = separateActs(versions.toSorted(byReceipt))
    kin.set(key, acts[0] ?? [])
    if (acts.length > 1) separate.set(key, acts)
  }
  const instanceClaims = claims.toSorted(byReceipt)
  return { kin, separate, instanceClaims, envelopes: new Map(), truncated }
}

function byReceipt(a: { received_at: string }, b: { received_at: string }): number {
  return compare(a.received_at, b.received_at)
}
