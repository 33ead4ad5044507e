import { bodyDigest, ByteWriter, writeRow } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { TextBlockOwner } from '@whodid/store'
import { keyOfRow } from './record-key.ts'

/** Records that the log does not hold yet, as the rows they will be. */
export interface FreshRows {
  /** Their keys, a character a byte. */
  readonly keys: readonly string[]
  /** Rows of RowBinary, one after another: the bytes of the insert, but for their places in the log. */
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
  /** The time of receipt by the clock; the row has this time or a later one. */
  readonly receivedUnixNs: bigint
}

/** A block of texts, by the first row that has a text in it. */
export interface FreshText extends Pick<TextBlockOwner, 'textBlock'> {
  readonly receivedAt: number
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
  let last: LedgerRecord['textBlock']
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
    const { textBlock, receivedUnixNs } = record
    const { logIndex: logIndexAt, receivedAt } = places
    if (textBlock !== undefined && textBlock !== last) texts.push({ textBlock, receivedAt })
    last = textBlock ?? last
    keys.push(key)
    rows.push({ start, body, end: writer.length, digest, logIndexAt, receivedAt, receivedUnixNs })
  }
  return { keys, bytes: writer.toBytes(), rows, texts }
}

const writer = new ByteWriter()
