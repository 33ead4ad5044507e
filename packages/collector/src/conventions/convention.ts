import type { RecordKind } from '@whodid/model'
import type { Claims, Telemetry } from './telemetry.ts'

/** One vocabulary of telemetry. All its functions are pure. */
export interface Convention {
  readonly name: string
  /** Whether this record speaks the vocabulary at all; the other functions are called only then. */
  readonly speaks: (telemetry: Telemetry) => boolean
  /** Whether a record of this vocabulary is of an agent, so that its actor is one even when it does not say so. */
  readonly ofAgent: (telemetry: Telemetry) => boolean
  /** The kind of record; '' when this vocabulary does not say. */
  readonly kind: (telemetry: Telemetry) => RecordKind | ''
  /** What else it says, once the kind is settled. Absent and '' are the same. */
  readonly read: (telemetry: Telemetry, kind: RecordKind) => Claims
}
