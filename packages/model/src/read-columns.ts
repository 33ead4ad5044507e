import type { ByteReader } from './byte-reader.ts'
import { formatInstant } from './parse-instant.ts'
import { recordFields } from './record-fields.ts'
import type { RecordField } from './record-fields.ts'

/** The fields of a record as a person reads them, by column: absent IDs are '', times RFC 3339 to the nanosecond. */
export type RecordColumns = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** Reads back what `writeRow` wrote: every field of a record, in the order of `recordFields`. Throws a RangeError for fewer bytes. */
export function readColumns(reader: ByteReader): RecordColumns {
  const columns: Record<string, RecordColumns[string]> = {}
  for (const field of recordFields) columns[field.column] = readField(reader, field)
  return columns
}

function readField(reader: ByteReader, field: RecordField): RecordColumns[string] {
  switch (field.kind) {
    case 'text':
      return reader.text()
    case 'list':
      return Array.from({ length: reader.varUint() }, () => reader.text())
    case 'fixed': {
      const hex = reader.hex(field.bytes)
      return isZero.test(hex) ? '' : hex
    }
    case 'time':
      return formatInstant(reader.int64())
    case 'uint8':
      return reader.uint8()
    case 'bool':
      return reader.uint8() === 1
    case 'uint32':
      return reader.uint32()
    case 'uint64':
      return toNumber(reader.uint64())
    case 'int64':
      return toNumber(reader.int64())
  }
}

const isZero = /^0+$/u

function toNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
