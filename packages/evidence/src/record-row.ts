import { formatInstant, recordFields } from '@whodid/model'
import type { RecordField } from '@whodid/model'

/** A record as a person reads it, by column: absent IDs '', times RFC 3339 to the nanosecond. */
export type RecordRow = Readonly<Record<string, string | number | boolean | readonly string[]>>

const headBytes = 4

/**
 * Reads a record back from its canonical form of version 1, whole (`docs/FORMAT.md`): the one thing a package's readable
 * files are made from, so that they cannot say more than was hashed. Throws a RangeError for bytes that are no such form.
 */
export function recordRow(form: Buffer): RecordRow {
  if (form.toString('hex', 0, headBytes) !== '57440101')
    throw new RangeError('the form expected to begin 57 44 01 01')
  const reader = { form, at: headBytes }
  const row: Record<string, RecordRow[string]> = {}
  for (const field of recordFields) row[field.column] = readField(reader, field)
  if (reader.at !== form.length) throw new RangeError('the form has bytes behind its last field')
  return row
}

interface Reader {
  readonly form: Buffer
  at: number
}

function readField(reader: Reader, field: RecordField): RecordRow[string] {
  switch (field.kind) {
    case 'text':
      return readText(reader)
    case 'list':
      return Array.from({ length: readVarUint(reader) }, () => readText(reader))
    case 'fixed':
      return take(reader, field.bytes).toString('hex').replace(/^0+$/u, '')
    case 'time':
      return formatInstant(take(reader, 8).readBigInt64LE())
    case 'uint8':
      return take(reader, 1).readUInt8()
    case 'bool':
      return take(reader, 1).readUInt8() === 1
    case 'uint32':
      return take(reader, 4).readUInt32LE()
    case 'uint64':
      return toNumber(take(reader, 8).readBigUInt64LE())
    case 'int64':
      return toNumber(take(reader, 8).readBigInt64LE())
  }
}

function toNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

function readText(reader: Reader): string {
  return take(reader, readVarUint(reader)).toString('utf8')
}

function readVarUint(reader: Reader): number {
  let value = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = take(reader, 1).readUInt8()
    value += (byte & 127) * scale
    if (byte < 128) return value
  }
}

function take(reader: Reader, length: number): Buffer {
  const bytes = reader.form.subarray(reader.at, reader.at + length)
  if (bytes.length !== length) throw new RangeError('the form ends within a field')
  reader.at += length
  return bytes
}
