import type { LedgerRecord } from '@whodid/model'
import { ByteWriter } from './byte-writer.ts'
import { spanColumns } from './span-columns.ts'
import type { SpanColumn } from './span-columns.ts'

/**
 * Encodes records as one block of ClickHouse's Native format for `whodid.spans`.
 *
 * Blocks may be concatenated: the engine reads them one after another in a single insert, which is what lets the
 * collector's log hold exactly the bytes that the insert sends.
 *
 * A block, byte by byte: VarUInt columns, VarUInt rows, then per column: String name, String type, the values.
 * Strings are VarUInt length and UTF-8; an array column is the cumulative lengths as UInt64, then all elements.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, times fit `DateTime64(9)`,
 * numbers fit their column.
 */
export function encodeRecords(records: readonly LedgerRecord[]): Buffer {
  const writer = new ByteWriter()
  writer.varUint(spanColumns.length)
  writer.varUint(records.length)
  for (const column of spanColumns) {
    writer.string(column.name)
    writer.string(column.wire === 'Hex' ? `FixedString(${column.bytes})` : column.wire)
    writeColumn(writer, column, records)
  }
  return writer.toBytes()
}

function writeColumn(
  writer: ByteWriter,
  column: SpanColumn,
  records: readonly LedgerRecord[],
): void {
  if (column.wire === 'Array(String)') writeArrays(writer, records.map(column.read))
  else for (const record of records) writeValue(writer, column, record)
}

function writeValue(
  writer: ByteWriter,
  column: Exclude<SpanColumn, { readonly wire: 'Array(String)' }>,
  record: LedgerRecord,
): void {
  switch (column.wire) {
    case 'String':
      return writer.string(column.read(record))
    case 'Hex':
      return writer.hex(column.read(record), column.bytes)
    case "DateTime64(9, 'UTC')":
      return writer.int64(column.read(record))
    case 'Int64':
      return writer.int64(BigInt(column.read(record)))
    case 'UInt32':
      return writer.uint32(column.read(record))
    case 'UInt8':
      return writer.uint8(column.read(record))
    case 'Bool':
      return writer.uint8(column.read(record) ? 1 : 0)
  }
}

function writeArrays(writer: ByteWriter, arrays: readonly (readonly string[])[]): void {
  let end = 0
  for (const array of arrays) {
    end += array.length
    writer.int64(BigInt(end))
  }
  for (const array of arrays) for (const element of array) writer.string(element)
}
