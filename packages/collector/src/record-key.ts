import { hash } from 'node:crypto'
import type { LedgerRecord } from '@whodid/model'
import { contentBytes } from '@whodid/store'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of the SHA-256 over what it says, a character a byte, which leaves out when and
 * how far it was believed. A span that is sent again has the same key; a span of the same ID with other content has another,
 * and is kept beside it.
 */
export function recordKey(record: LedgerRecord): string {
  // Asking for a string is faster than asking for a Buffer. Cut as a string it would keep the whole digest alive.
  scratch.write(hash('sha256', contentBytes(record), 'binary'), 0, recordKeyBytes, 'latin1')
  return scratch.toString('latin1')
}

const scratch = Buffer.alloc(recordKeyBytes)
