import { hash } from 'node:crypto'
import { ByteWriter, textPlacesBytes, writeRow } from '@whodid/model'
import type { LedgerRecord, RowPlaces } from '@whodid/model'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of the SHA-256 over its content, a character a byte, without its time of receipt
 * and its channel. A span that is sent again has the same key; a span of the same ID with other content has another,
 * and is kept beside it.
 */
export function recordKey(record: LedgerRecord): string {
  rows.clear()
  const places = writeRow(rows, record)
  return keyOfRow(rows.view(), places, record)
}

const rows = new ByteWriter()

/**
 * The same of a record whose row ends `written`, which saves walking it again. The hash is over, byte by byte: the row from
 * `received_at` on, with zeroes for that time, for the place of its text and, of a log record, for its times, for one without a time stands at the time it
 * was received; then `tenant` and `exporter` as the row has them; then its text, which is '' once the row has the commitment to
 * it, each with its length before it.
 */
export function keyOfRow(written: Uint8Array, places: RowPlaces, record: LedgerRecord): string {
  const { tenant, channel, receivedAt, ts, texts } = places
  said.clear()
  said.raw(written.subarray(receivedAt))
  const view = said.view()
  view.fill(0, 0, timeBytes)
  view.fill(0, texts - receivedAt, texts - receivedAt + textPlacesBytes)
  if (record.signal !== 'span') view.fill(0, ts - receivedAt, ts - receivedAt + 2 * timeBytes)
  said.raw(written.subarray(tenant, channel))
  said.string(record.content)
  said.string(record.result)
  said.string(record.detail)
  // Asking for a string is faster than asking for a Buffer. Cut as a string it would keep the whole digest alive.
  scratch.write(hash('sha256', said.view(), 'binary'), 0, recordKeyBytes, 'latin1')
  return scratch.toString('latin1')
}

const said = new ByteWriter()
const timeBytes = 8
const scratch = Buffer.alloc(recordKeyBytes)

/**
 * The keys of records that are durable, in two generations: when the younger is full it becomes the older, and the older
 * is forgotten. Exact for the last `keysMax` records at least; holds twice as many at most.
 */
export class RecentKeys {
  readonly #keysMax: number
  #younger = new Set<string>()
  #older = new Set<string>()

  constructor(keysMax: number) {
    this.#keysMax = keysMax
  }

  has(key: string): boolean {
    return this.#younger.has(key) || this.#older.has(key)
  }

  add(key: string): void {
    this.#younger.add(key)
    if (this.#younger.size < this.#keysMax) return
    this.#older = this.#younger
    this.#younger = new Set()
  }
}
