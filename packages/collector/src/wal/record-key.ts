import { bodyDigest, ByteWriter, writeRow } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** Bytes of a record's key. */
export const recordKeyBytes = 16

/**
 * The key of a record: the first 16 bytes of its body's SHA-256, a character a byte. A span that is sent again has the same
 * key; a span of the same ID with other content has another, and is kept beside it.
 */
export function recordKey(record: LedgerRecord): string {
  rows.clear()
  const places = writeRow(rows, record)
  const written = rows.view()
  const body = written.subarray(places.body)
  return keyOfBody(body, bodyDigest(body), record.signal === 'log' ? places.ts - places.body : 0)
}

const rows = new ByteWriter()

/**
 * The same of the body of a row, and its digest. A log record without a time stands at the time at which it was received: its key is
 * over a body without times, which stand at `timesOfLog`, 0 for a span.
 */
export function keyOfBody(body: Uint8Array, digest: string, timesOfLog: number): string {
  if (timesOfLog === 0) return cutKey(digest)
  said.clear()
  said.raw(body)
  said.view().fill(0, timesOfLog, timesOfLog + 2 * timeBytes)
  return cutKey(bodyDigest(said.view()))
}

/** Cut as a string it would keep the whole digest alive. */
function cutKey(digest: string): string {
  scratch.write(digest, 0, recordKeyBytes, 'latin1')
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
