import { bodyDigest, ByteWriter, writeRow } from '@whodid/model'
import type { LedgerRecord, PendingText } from '@whodid/model'
import { hashBytes } from '@whodid/tlog'
import { keyOfRow, recordKeyBytes } from './record-key.ts'

/** Records that the log does not hold yet, as the rows they will be. */
export interface FreshRows {
  /** Their keys, a character a byte. */
  readonly keys: readonly string[]
  /** Rows of RowBinary, one after another: the bytes of the insert, but for their places in the log and those of their texts. */
  readonly bytes: Buffer
  readonly rows: readonly FreshRow[]
  readonly texts: readonly FreshText[]
}

/** The place of a row in the bytes, and the parts of it that depend on its place in the log. */
export interface FreshRow {
  readonly start: number
  /** The first byte behind the fields that its place in the log gives. */
  readonly body: number
  readonly end: number
  /** The SHA-256 of the bytes from `body` to `end`, a character a byte. */
  readonly digest: string
  readonly logIndexAt: number
  readonly receivedAt: number
  readonly textBlockAt: number
  /** The time of receipt by the clock; the row has this time or a later one. */
  readonly receivedUnixNs: bigint
}

/** The text of a row, which is encrypted when the row is written. */
export interface FreshText {
  /** The row's place among {@link FreshRows.rows}. */
  readonly row: number
  readonly text: PendingText
}

/**
 * Encodes records for a log, each in one walk that its key, its leaf and the insert are made of. Those whose key `isFresh`
 * does not want are left out; it is asked once a record, in order. Holds no record when it returns.
 */
export function encodeFresh(
  logId: string,
  records: readonly LedgerRecord[],
  isFresh: (key: string) => boolean,
): FreshRows {
  const keys: string[] = []
  const rows: FreshRow[] = []
  const texts: FreshText[] = []
  writer.clear()
  for (const record of records) {
    const start = writer.length
    record.logId = logId
    const places = writeRow(writer, record)
    const { body } = places
    const digest = bodyDigest(writer.view().subarray(body))
    const key = keyOfRow(writer.view(), places, { digest, signal: record.signal })
    if (!isFresh(key)) {
      writer.truncate(start)
      continue
    }
    const { pendingText: text, receivedUnixNs } = record
    if (text !== undefined) texts.push({ row: rows.length, text })
    const { logIndex: logIndexAt, receivedAt, textBlock: textBlockAt } = places
    const at = { start, body, end: writer.length, logIndexAt, receivedAt, textBlockAt }
    keys.push(key)
    rows.push({ ...at, digest, receivedUnixNs })
  }
  return { keys, bytes: writer.toBytes(), rows, texts }
}

/** The bytes that rows and their texts take in the log at most, but for the little that encryption adds. */
export function freshBytes({ bytes, rows, texts }: FreshRows): number {
  const perRow = recordKeyBytes + hashBytes
  return texts.reduce(
    (sum, { text }) => sum + text.entry.length,
    bytes.length + perRow * rows.length,
  )
}

const writer = new ByteWriter()
