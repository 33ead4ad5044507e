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

/** A row of the statement: what it is, and itself as text. */
export interface EvidenceRow {
  readonly role: 'subject' | 'kin' | 'listed' | 'claimed' | 'envelope'
  readonly record: string
}

/** Whatever the condition, the fields are the same. */
const listedFields = listedColumns('')

/** Most records that one question looks at; one more is asked for, to know that there are more. */
export const kinMax = 4000

/** All that a question gathered. Nothing is decided yet. */
export interface Evidence {
  /** `<trace>-<span>` of what the verdict concerns; '' when there is nothing. */
  readonly subject: string
  /**
   * Every version of each record that may explain the subject, by its key; versions in the order of receipt. Without a subject,
   * some of the records that the handle names, where it names any.
   */
  readonly kin: ReadonlyMap<string, readonly EvidenceRecord[]>
  /** The newest actions on the handle, newest first. */
  readonly listed: readonly ListedAction[]
  /** Who claims the instances that act in the subject's trace, earliest first. */
  readonly instanceClaims: readonly InstanceClaim[]
  /** By name, the envelopes of the texts of prompts and plans. */
  readonly envelopes: ReadonlyMap<string, Buffer>
  /** Whether there were more records than {@link kinMax}: what is absent may only not have been looked at. */
  readonly truncated: boolean
}

/** A text before `openTexts` has looked at it. */
const unopened = { state: 'unread' } as const

/** Reads the rows of the one statement. */
export function readEvidence(rows: readonly EvidenceRow[]): Evidence {
  const kin = new Map<string, EvidenceRecord[]>()
  const listed: ListedAction[] = []
  const instanceClaims: InstanceClaim[] = []
  const envelopes = new Map<string, Buffer>()
  let subject = ''
  let count = 0
  for (const { role, record: text } of rows) {
    if (role === 'listed') listed.push(readRow<ListedAction>(listedFields, text))
    else if (role === 'claimed')
      instanceClaims.push(readRow<InstanceClaim>(instanceClaimColumns, text))
    else if (role === 'envelope') {
      const { ref, sealed } = readRow<EnvelopeRow>(envelopeColumns, text)
      envelopes.set(ref, Buffer.from(sealed, 'base64'))
    } else {
      const stored = readRow<StoredRecord>(evidenceColumns, text)
      const record = { ...stored, content: '', content_state: unopened }
      if (role === 'subject') subject = record.key
      const versions = kin.get(record.key)
      if (versions === undefined) kin.set(record.key, [record])
      else versions.push(record)
      count += 1
    }
  }
  for (const versions of kin.values()) versions.sort(byReceipt)
  instanceClaims.sort(byReceipt)
  return {
    subject,
    kin,
    listed: listed.toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts > b.ts ? -1 : 1)),
    instanceClaims,
    envelopes,
    truncated: count > kinMax,
  }
}

function byReceipt(a: { received_at: string }, b: { received_at: string }): number {
  if (a.received_at === b.received_at) return 0
  return a.received_at < b.received_at ? -1 : 1
}
