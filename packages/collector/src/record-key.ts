import { hash } from 'node:crypto'
import { spanColumns } from '@whodid/store'
import type { LedgerRecord } from '@whodid/model'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of the SHA-256 over all its columns but the time it was received. A span that
 * is sent again has the same key; a span of the same ID with other content has another, and is kept beside it.
 */
export function recordKey(record: LedgerRecord): Buffer {
  let content = ''
  for (const { tag, read } of keyColumns) {
    const value = read(record)
    // A blank column needs no bytes: every other one is told with its name and its length.
    if (value === '' || value === 0 || value === false) continue
    if (typeof value === 'object') {
      for (const element of value) content += `${tag}${element.length}:${element}`
    } else {
      const text = String(value)
      content += `${tag}${text.length}:${text}`
    }
  }
  // A log record without a time stands at the time it was received; its span ID is made of the time it told.
  if (record.signal === 'span') content += `@${record.startUnixNs}-${record.endUnixNs}`
  return hash('sha256', content, 'buffer').subarray(0, recordKeyBytes)
}

interface KeyColumn {
  readonly tag: string
  readonly read: (record: LedgerRecord) => string | number | bigint | boolean | readonly string[]
}

/** The channel may change with the exporter's entitlement between the first sending and the second. */
const leftOut = new Set(['received_at', 'channel', 'ts', 'end_ts'])

const keyColumns: readonly KeyColumn[] = spanColumns
  .filter(({ name }) => !leftOut.has(name))
  .map(({ name, read }) => ({ tag: `|${name}=`, read }))
