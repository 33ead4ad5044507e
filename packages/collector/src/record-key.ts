import { createHash } from 'node:crypto'
import { spanColumns } from '@whodid/store'
import type { LedgerRecord } from '@whodid/model'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of the SHA-256 over all its columns but the time it was received. A span that
 * is sent again has the same key; a span of the same ID with other content has another, and is kept beside it.
 */
export function recordKey(record: LedgerRecord): Buffer {
  const hash = createHash('sha256')
  const content: unknown[] = []
  for (const column of spanColumns) {
    // The channel may change with the exporter's entitlement between the first sending and the second.
    if (column.name === 'received_at' || column.name === 'channel') continue
    // A log record without a time stands at the time it was received; its span ID is made of the time it told.
    if (record.signal === 'log' && (column.name === 'ts' || column.name === 'end_ts')) continue
    const value = column.read(record)
    content.push(typeof value === 'bigint' ? value.toString() : value)
  }
  return hash.update(JSON.stringify(content)).digest().subarray(0, recordKeyBytes)
}
