import { hash } from 'node:crypto'
import { ByteReader } from './byte-reader.ts'
import { bodyDigest, formMark, leafInputOfRow } from './canonical-record.ts'
import { formatInstant } from './parse-instant.ts'
import { headFields, recordFields } from './record-fields.ts'
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
  const row = readColumns(reader)
  if (!reader.isAtEnd) throw new RangeError('the form has bytes behind its last field')
  return row
}

/** Reads the bytes of a row (see `writeRow`), and nothing behind them. Throws a RangeError where they end early. */
export function readColumns(reader: ByteReader): RecordRow {
  const row: Record<string, RecordRow[string]> = {}
  for (const field of recordFields) {
    const value = readField(reader, field)
    if (field.column === 'rest') Object.assign(row, readRest(String(value)))
    else row[field.column] = value
  }
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

/** Returns the leaf hash of a row's bytes (see `writeRow`), in hex. Throws a RangeError where its head ends early. */
export function leafOfRow(row: Buffer): string {
  const reader = new ByteReader(row)
  for (const field of headFields) readField(reader, field)
  const digest = bodyDigest(row.subarray(reader.at))
  return hash('sha256', leafInputOfRow(row.subarray(0, reader.at), digest), 'hex')
}

function openForm(form: Buffer): ByteReader {
  if (!form.subarray(0, formMark.length).equals(formMark))
    throw new RangeError(`the form expected to begin ${formMark.toString('hex')}`)
  return new ByteReader(form, formMark.length)
}

function readField(reader: ByteReader, field: RecordField): string | number {
  switch (field.kind) {
    case 'text':
      return reader.text()
    case 'fixed': {
      const hex = reader.hex(field.bytes)
      return isZero.test(hex) ? '' : hex
    }
    case 'time':
      return formatInstant(reader.int64())
    case 'uint32':
      return reader.uint32()
    case 'uint64':
      return toNumber(reader.uint64())
  }
}

const isZero = /^0+$/u

function toNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}
