import { hash } from 'node:crypto'
import { ByteWriter } from './byte-writer.ts'
import { writeRow } from './record-row.ts'
import type { LedgerRecord } from './record.ts'

/** The first bytes of a canonical form: "WD", and its version. */
export const formMark: Buffer = Buffer.from('574402', 'hex')

/**
 * The canonical form of a record: a mark, then its row. Byte by byte in `docs/FORMAT.md`. Two records have the same form only
 * when every field is equal, their place in the log included. The bytes are the caller's own.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, numbers fit their field.
 */
export function canonicalRecord(record: LedgerRecord): Buffer {
  rows.clear()
  writeRow(rows, record)
  return Buffer.concat([formMark, rows.view()])
}

/**
 * The entry of a record in its log, as C2SP bundles hold it: its canonical form with the SHA-256 of the body in the body's
 * place. Some 150 bytes, whatever the record holds. The bytes are the caller's own.
 */
export function logEntry(record: LedgerRecord): Buffer {
  return Buffer.from(leafInput(record).subarray(1))
}

/**
 * Returns the bytes that are hashed into the record's leaf: the byte 0 of RFC 6962, then {@link logEntry}. The bytes are
 * valid until the next call, so that many records can be hashed without copies.
 */
export function leafInput(record: LedgerRecord): Uint8Array {
  rows.clear()
  const { body } = writeRow(rows, record)
  const row = rows.view()
  return leafInputOfRow(row.subarray(0, body), bodyDigest(row.subarray(body)))
}

const rows = new ByteWriter()

/** Returns the SHA-256 of the body of a row, a character a byte. Its beginning is the record's key. */
export function bodyDigest(body: Uint8Array): string {
  // Asking for a string is two to three times as fast as asking for a Buffer.
  return hash('sha256', body, 'binary')
}

/** As {@link leafInput}, of a record that is a row already: the bytes in front of its body (see `writeRow`), and its digest. */
export function leafInputOfRow(head: Uint8Array, digest: string): Uint8Array {
  writer.clear()
  writer.uint8(0)
  writer.raw(formMark)
  writer.raw(head)
  writer.latin1(digest)
  return writer.view()
}

const writer = new ByteWriter()
