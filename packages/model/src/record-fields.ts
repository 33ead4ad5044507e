import { restOf } from './record-rest.ts'
import type { LedgerRecord } from './record.ts'

/**
 * One field of a record: the column of `whodid.spans` that holds it, and how the canonical form writes it.
 *
 * - `text`: VarUInt of its bytes in UTF-8, then the bytes.
 * - `fixed`: exactly `bytes` bytes, read from hex; '' is zeroes.
 * - `time`: nanoseconds since 1970, UTC, as a signed integer of 8 bytes.
 * - `uint32`, `uint64`: an integer of that width.
 */
export type RecordField =
  | {
      readonly column: string
      readonly kind: 'text'
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly column: string
      readonly kind: 'fixed'
      readonly bytes: 8 | 16 | 24 | 32
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly column: string
      readonly kind: 'time'
      readonly read: (record: LedgerRecord) => bigint
    }
  | {
      readonly column: string
      readonly kind: 'uint32' | 'uint64'
      readonly read: (record: LedgerRecord) => number
    }

/**
 * The fields that a record's place in the log gives, or that may differ when its span is sent again: in front of a row, and
 * hashed beside the digest of all other fields.
 */
export const headFields: readonly RecordField[] = [
  { column: 'log_id', kind: 'text', read: (r) => r.logId },
  { column: 'log_index', kind: 'uint64', read: (r) => r.logIndex },
  { column: 'received_at', kind: 'time', read: (r) => r.receivedUnixNs },
  { column: 'channel', kind: 'text', read: (r) => r.channel },
  { column: 'text_block', kind: 'fixed', bytes: 24, read: (r) => r.textBlockHex },
  { column: 'text_at', kind: 'uint32', read: (r) => r.textAt },
]

/** The fields that a span sent again repeats: hashed into the record's body digest, whose beginning is the record's key. */
export const bodyFields: readonly RecordField[] = [
  { column: 'tenant', kind: 'text', read: (r) => r.tenant },
  { column: 'exporter', kind: 'text', read: (r) => r.exporter },
  { column: 'trace_id', kind: 'fixed', bytes: 16, read: (r) => r.traceIdHex },
  { column: 'span_id', kind: 'fixed', bytes: 8, read: (r) => r.spanIdHex },
  { column: 'parent_span_id', kind: 'fixed', bytes: 8, read: (r) => r.parentSpanIdHex },
  { column: 'ts', kind: 'time', read: (r) => r.startUnixNs },
  { column: 'end_ts', kind: 'time', read: (r) => r.endUnixNs },
  { column: 'record_kind', kind: 'text', read: (r) => r.recordKind },
  { column: 'actor_type', kind: 'text', read: (r) => r.actorType },
  { column: 'template_id', kind: 'text', read: (r) => r.templateId },
  { column: 'instance_id', kind: 'text', read: (r) => r.instanceId },
  { column: 'delegator_id', kind: 'text', read: (r) => r.delegatorId },
  { column: 'user_id', kind: 'text', read: (r) => r.userId },
  { column: 'correlation_id', kind: 'text', read: (r) => r.correlationId },
  { column: 'credential_id', kind: 'text', read: (r) => r.credentialId },
  { column: 'action_id', kind: 'text', read: (r) => r.actionId },
  { column: 'verb', kind: 'text', read: (r) => r.verb },
  { column: 'outcome', kind: 'text', read: (r) => r.outcome },
  { column: 'resource_id', kind: 'text', read: (r) => r.resourceId },
  { column: 'tool_name', kind: 'text', read: (r) => r.toolName },
  { column: 'prompt_ref', kind: 'text', read: (r) => r.promptRef },
  { column: 'commitment', kind: 'fixed', bytes: 32, read: (r) => r.commitmentHex },
  { column: 'rest', kind: 'text', read: restOf },
  { column: 'attributes', kind: 'text', read: (r) => r.attributes },
  { column: 'resource_attributes', kind: 'text', read: (r) => r.resourceAttributes },
]

/**
 * Every field of a row of `whodid.spans`, in the order of the table and of the row's bytes: the one place where a record's field
 * meets its column. The insert, the hash, the engine's expression for the hash and the table in
 * `docs/FORMAT.md` are made from it or tested against it. The fields without a column of their own are in `rest`: see
 * `restFields`.
 *
 * Changing it changes every leaf from then on: the version in `canonicalRecord` goes up with it.
 */
export const recordFields: readonly RecordField[] = [...headFields, ...bodyFields]
