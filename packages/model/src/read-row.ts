import { hash } from 'node:crypto'
import { formMark } from './canonical-record.ts'
import { formatInstant } from './parse-instant.ts'
import { bodyFields, headFields } from './record-fields.ts'
import type { RecordField } from './record-fields.ts'
import { readRest } from './record-rest.ts'
import type { RestColumns } from './record-rest.ts'

/**
 * A record as a person reads it, by column, those of `rest` among them and not `rest` itself: absent IDs '', times RFC 3339 to
 * the nanosecond.
 */
export type RecordRow = RestColumns

/**
 * Reads a record back from its canonical form (`docs/FORMAT.md`): the one thing a package's readable files are made from, so
 * that they cannot say more than was hashed. Throws a RangeError for bytes that are no such form.
 */
export function recordRow(form: Buffer): RecordRow {
  const reader = openForm(form)
  const row: Record<string, RecordRow[string]> = {}
  for (const field of [...headFields, ...bodyFields]) {
    const value = readField(reader, field)
    if (field.column === 'rest') Object.assign(row, readRest(String(value)))
    else row[field.column] = value
  }
  if (reader.at !== form.length) throw new RangeError('the form has bytes behind its last field')
  return row
}

/**
 * Returns the entry of a log that a canonical form makes: the form with the SHA-256 of its body in the body's place. Throws as
 * {@link recordRow} does.
 */
export function entryOfForm(form: Buffer): Buffer {
  const reader = openForm(form)
  for (const field of headFields) readField(reader, field)
  const digest = hash('sha256', form.subarray(reader.at), 'buffer')
  return Buffer.concat([form.subarray(0, reader.at), digest])
}

interface Reader {
  readonly form: Buffer
  at: number
}

function openForm(form: Buffer): Reader {
  if (!form.subarray(0, formMark.length).equals(formMark))
    throw new RangeError(`the form expected to begin ${formMark.toString('hex')}`)
  return { form, at: formMark.length }
}

function readField(reader: Reader, field: RecordField): string | number {
  switch (field.kind) {
    case 'text':
      return take(reader, readVarUint(reader)).toString('utf8')
    case 'fixed':
      return take(reader, field.bytes).toString('hex').replace(/^0+$/u, '')
    case 'time':
      return formatInstant(take(reader, 8).readBigInt64LE())
    case 'uint32':
      return take(reader, 4).readUInt32LE()
    case 'uint64':
      return toNumber(take(reader, 8).readBigUInt64LE())
  }
}

function toNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
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
