import { recordFields } from '@whodid/model'
import type { LedgerRecord, RecordField } from '@whodid/model'

/**
 * One column of `whodid.spans` as the Native format carries it. Where a table's owner has made a column
 * `LowCardinality`, the engine puts a `String` into it by itself.
 */
export type SpanColumn =
  | {
      readonly name: string
      readonly wire: 'String'
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly name: string
      readonly wire: 'Hex'
      readonly bytes: 8 | 16 | 24 | 32
      readonly read: (record: LedgerRecord) => string
    }
  | {
      readonly name: string
      readonly wire: 'Array(String)'
      readonly read: (record: LedgerRecord) => readonly string[]
    }
  | {
      readonly name: string
      readonly wire: "DateTime64(9, 'UTC')"
      readonly read: (record: LedgerRecord) => bigint
    }
  | {
      readonly name: string
      readonly wire: 'Int64' | 'UInt64' | 'UInt32' | 'UInt8'
      readonly read: (record: LedgerRecord) => number
    }
  | {
      readonly name: string
      readonly wire: 'Bool'
      readonly read: (record: LedgerRecord) => boolean
    }

/**
 * The columns of `whodid.spans`, in the table's order, made from the fields of a record.
 * `test/engine/ledger.test.ts` holds them against the table that the migrations make.
 */
export const spanColumns: readonly SpanColumn[] = recordFields.map(columnOf)

function columnOf(field: RecordField): SpanColumn {
  const name = field.column
  switch (field.kind) {
    case 'text':
      return { name, wire: 'String', read: field.read }
    case 'list':
      return { name, wire: 'Array(String)', read: field.read }
    case 'fixed':
      return { name, wire: 'Hex', bytes: field.bytes, read: field.read }
    case 'time':
      return { name, wire: "DateTime64(9, 'UTC')", read: field.read }
    case 'bool':
      return { name, wire: 'Bool', read: field.read }
    case 'uint8':
      return { name, wire: 'UInt8', read: field.read }
    case 'uint32':
      return { name, wire: 'UInt32', read: field.read }
    case 'uint64':
      return { name, wire: 'UInt64', read: field.read }
    case 'int64':
      return { name, wire: 'Int64', read: field.read }
  }
}
