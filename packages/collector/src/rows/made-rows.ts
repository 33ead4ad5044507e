import { ByteWriter, writeRow } from '@whodid/model'
import type { LedgerRecord, PendingText, RowPlaces } from '@whodid/model'

/** Records as rows of RowBinary, one after another, that have no place in a log yet. */
export interface MadeRows {
  readonly bytes: Buffer
  /** Of each row: where it begins, and where its body does. */
  readonly starts: readonly number[]
  readonly bodies: readonly number[]
  /** The offset of the times in the body of a log record; 0 for a span. */
  readonly timesOfLogs: readonly number[]
  /** Its text, which is encrypted when the row is written; undefined when it has none. */
  readonly texts: readonly (PendingText | undefined)[]
}

/** The end of a row. */
export function endOfRow(
  { bytes, starts }: Pick<MadeRows, 'bytes' | 'starts'>,
  row: number,
): number {
  return starts[row + 1] ?? bytes.length
}

/** The places of rows under way. */
export class RowPlacesList {
  readonly starts: number[] = []
  readonly bodies: number[] = []
  readonly commitments: number[] = []
  readonly timesOfLogs: number[] = []
  readonly texts: (PendingText | undefined)[] = []

  add(start: number, { body, commitment, ts }: RowPlaces, isOfLog: boolean): void {
    this.starts.push(start)
    this.bodies.push(body)
    this.commitments.push(commitment)
    this.timesOfLogs.push(isOfLog ? ts - body : 0)
    this.texts.push(undefined)
  }
}

const writer = new ByteWriter()

/** Makes rows of records whose text is committed to, or that have none. */
export function rowsOf(logId: string, records: readonly LedgerRecord[]): MadeRows {
  const places = new RowPlacesList()
  writer.clear()
  for (const [row, record] of records.entries()) {
    const start = writer.length
    record.logId = logId
    places.add(start, writeRow(writer, record), record.signal === 'log')
    places.texts[row] = record.pendingText
  }
  const { starts, bodies, timesOfLogs, texts } = places
  return { bytes: writer.toBytes(), starts, bodies, timesOfLogs, texts }
}
