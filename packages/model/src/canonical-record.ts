import { hash } from 'node:crypto'
import { ByteWriter } from './byte-writer.ts'
import { writeRow } from './record-row.ts'
import type { LedgerRecord } from './record.ts'

/** Bytes of the longest entry that an entry bundle of C2SP tlog-tiles can hold. */
export const entryBytesMax = 65_535

/**
 * The canonical form of a record: the bytes that the log's leaf is the hash of, and the entry as C2SP bundles hold it.
 * Byte by byte in `docs/FORMAT.md`. Two records have the same form only when every field is equal, their place in the log
 * included.
 *
 * At most {@link entryBytesMax} bytes: of a record that would take more, the form holds the SHA-256 instead of the
 * fields. The bytes are the caller's own.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, numbers fit their field.
 */
export function canonicalRecord(record: LedgerRecord): Buffer {
  return Buffer.from(leafInput(record).subarray(1))
}

/**
 * Returns the bytes that are hashed into the record's leaf: the byte 0 of RFC 6962, then {@link canonicalRecord}. The bytes are
 * valid until the next call, so that many records can be hashed without copies.
 */
export function leafInput(record: LedgerRecord): Uint8Array {
  rows.clear()
  writeRow(rows, record)
  return leafInputOfRow(rows.view())
}

const rows = new ByteWriter()

/** The same of a record that is a row already, see `writeRow`. */
export function leafInputOfRow(row: Uint8Array): Uint8Array {
  writer.clear()
  writeHead(wholeForm)
  writer.raw(row)
  if (writer.length - 1 <= entryBytesMax) return writer.view()
  const digest = hash('sha256', writer.view(), 'buffer')
  writer.clear()
  writeHead(digestForm)
  writer.raw(digest)
  return writer.view()
}

const writer = new ByteWriter()

/** RFC 6962's mark of a leaf, 'WD', and the version of the form. */
const head = [0x00, 0x57, 0x44, 0x01]

/** The form holds the fields, or the SHA-256 over everything that the whole form would have been hashed from. */
const wholeForm = 0x01
const digestForm = 0x02

function writeHead(form: number): void {
  for (const byte of head) writer.uint8(byte)
  writer.uint8(form)
}
