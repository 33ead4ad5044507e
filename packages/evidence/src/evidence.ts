import type { CaseEntry, TextPart, WhoDidAnswer } from '@whodid/model'
import type { FoundInCheckpointLog } from '@whodid/verify'
import type { EvidenceIndex } from '@whodid/query/offline'
import type { KeyEpoch } from '@whodid/tlog'

/** Records in one package. A package of more is cut, and says so. */
export const packageRecordsMax = 10_000

/** The content of a package. All of it is hostile but for the proofs: it is written as it is, and shown nowhere. */
export interface Evidence {
  readonly answer: WhoDidAnswer
  /** The input of the decision, from which a stranger decides again. */
  readonly index: EvidenceIndex
  /**
   * The ledger's own record that this evidence is handed out: it names the digest of `evidence.json`, so that whoever has the
   * package's signing key alone cannot leave a record out. Undefined where the ledger cannot be written to.
   */
  readonly statement?: RecordEvidence
  /** Ordered by log and index. */
  readonly records: readonly RecordEvidence[]
  /** True when there were more records than a package holds. */
  readonly isTruncated: boolean
  readonly logs: readonly LogEvidence[]
  readonly contents: readonly ContentEvidence[]
  readonly absentContents: readonly AbsentContent[]
  /** The reads of this evidence, and this export, oldest first. */
  readonly custody: readonly CustodyEvent[]
  /** The notebook of the case, oldest first; undefined for a package of no case. What people wrote: nothing proves it. */
  readonly caseEntries?: readonly CaseEntry[]
  readonly made: Making
}

/** One record: its canonical form is what was hashed, and all else is read from it. */
export interface RecordEvidence {
  readonly form: Buffer
  /** The inclusion proof and its checkpoint (c2sp.org/tlog-proof@v1). */
  readonly proof: string
}

/** The history of one log, as far as it bears on the records. */
export interface LogEvidence {
  /** The last element of its origin. */
  readonly name: string
  readonly epochs: readonly KeyEpoch[]
  /** Checkpoints, smallest first; among them the one that the proofs lead to, and the one that the meta-log took. */
  readonly checkpoints: readonly CheckpointEvidence[]
  /** The meta-log's statement about it; undefined where there is none. */
  readonly metaLog?: MetaLogEvidence
}

/** A checkpoint of the log as an entry of the meta-log, a note, and that entry's proof; or why there is none. */
export type MetaLogEvidence =
  | {
      readonly state: 'included'
      /** The meta-log. */
      readonly log: string
      readonly entry: string
      /** c2sp.org/tlog-proof@v1 */
      readonly tlog_proof: string
    }
  | Exclude<FoundInCheckpointLog, { readonly state: 'included' }>

/** A checkpoint, and the proof that it begins with the one before it. */
export interface CheckpointEvidence {
  readonly note: string
  readonly consistency: readonly Buffer[]
}

/** A part of a text that the record committed to, and what it takes to check that: its salt, and the hashes of the other parts. */
export interface ContentEvidence {
  readonly tenant: string
  readonly span: string
  readonly part: TextPart
  /** Hex. */
  readonly salt: string
  /** Of the other parts, hex; '' for a part that the record does not have. */
  readonly hashes: Readonly<Partial<Record<TextPart, string>>>
  readonly text: string
}

/** A text that the record committed to and that is not here. */
export interface AbsentContent {
  readonly span: string
  readonly part: string
  /** `erased`, `expired`, `missing` or `mismatch`. */
  readonly state: string
}

/** A look at the evidence. */
export interface CustodyEvent {
  readonly at: string
  readonly by: string
  readonly role: string
  readonly event: string
  readonly question: string
  readonly case: string
}

/** The maker of the package, the time, the case and the software. */
export interface Making {
  readonly at: string
  readonly by: string
  readonly case: string
  readonly product: string
}
