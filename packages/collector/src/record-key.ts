import { hash } from 'node:crypto'
import type { LedgerRecord } from '@whodid/model'
import { contentBytes } from '@whodid/store'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of the SHA-256 over what it says, which leaves out when and how far it was
 * believed. A span that is sent again has the same key; a span of the same ID with other content has another, and is
 * kept beside it.
 */
export function recordKey(record: LedgerRecord): Buffer {
  return hash('sha256', contentBytes(record), 'buffer').subarray(0, recordKeyBytes)
}
