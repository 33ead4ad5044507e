import type { LedgerRecord } from '@whodid/model'
import { ByteWriter } from '@whodid/model'
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
  switch (column.wire) {
    case 'String':
      return writeTexts(writer, column.read, records)
    case 'Hex':
      for (const record of records) writer.hex(column.read(record), column.bytes)
      return
    case "DateTime64(9, 'UTC')":
      for (const record of records) writer.int64(column.read(record))
      return
    case 'Int64':
    case 'UInt64':
      for (const record of records) writer.safeInt64(column.read(record))
      return
    case 'UInt32':
      for (const record of records) writer.uint32(column.read(record))
      return
    case 'UInt8':
    case 'Bool':
      for (const record of records) writer.uint8(Number(column.read(record)))
      return
    case 'Array(String)':
      return writeArrays(writer, records.map(column.read))
  }
}

/** Spans of one agent say the same again and again: what the row above said is copied as bytes. */
function writeTexts(
  writer: ByteWriter,
  read: (record: LedgerRecord) => string,
  records: readonly LedgerRecord[],
): void {
  let last = ''
  let start = 0
  let end = 0
  for (const record of records) {
    const text = read(record)
    if (text === '') writer.uint8(0)
    else if (text === last) writer.again(start, end)
    else {
      start = writer.length
      writer.string(text)
      end = writer.length
      last = text
    }
  }
}

function writeArrays(writer: ByteWriter, arrays: readonly (readonly string[])[]): void {
  let end = 0
  for (const array of arrays) {
    end += array.length
    writer.safeInt64(end)
  }
  for (const array of arrays) for (const element of array) writer.string(element)
}
