import { ByteReader, readColumns } from '@whodid/model'
import type { RecordColumns } from '@whodid/model'

/** A record as a person reads it, by column: absent IDs '', times RFC 3339 to the nanosecond. */
export type RecordRow = RecordColumns

const headBytes = 4

/**
 * Reads a record back from its canonical form of version 1, whole (`docs/FORMAT.md`): the one thing a package's readable
 * files are made from, so that they cannot say more than was hashed. Throws a RangeError for bytes that are no such form.
 */
export function recordRow(form: Buffer): RecordRow {
  if (form.toString('hex', 0, headBytes) !== '57440101')
    throw new RangeError('the form expected to begin 57 44 01 01')
  const reader = new ByteReader(form, headBytes)
  const row = readColumns(reader)
  if (!reader.isAtEnd) throw new RangeError('the form has bytes behind its last field')
  return row
}
