import type { LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpEvent, OtlpLink } from './otlp/batch.ts'

/** A record on its way: its columns, and what will be written as JSON once it is redacted and cut to its bounds. */
export interface Draft {
  /** The four JSON texts are still ''. */
  readonly record: LedgerRecord
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly events: readonly OtlpEvent[]
  readonly links: readonly OtlpLink[]
}
