import { bodyDigest } from '@whodid/model'
import { hashBytes } from '@whodid/tlog'
import { endOfRow } from '../rows/made-rows.ts'
import type { MadeRows } from '../rows/made-rows.ts'
import { keyOfBody, recordKeyBytes } from './record-key.ts'

/** Rows that the log does not hold yet. */
export interface FreshRows extends Omit<MadeRows, 'timesOfLogs'> {
  /** Their keys, a character a byte. */
  readonly keys: readonly string[]
  /** The SHA-256 of their bodies, a character a byte. */
  readonly digests: readonly string[]
}

/** Leaves out the rows whose key `isFresh` does not want; it is asked once a row, in order. */
export function freshRows(made: MadeRows, isFresh: (key: string) => boolean): FreshRows {
  const keys: string[] = []
  const digests: string[] = []
  const kept: number[] = []
  for (const [row, at] of made.bodies.entries()) {
    const body = made.bytes.subarray(at, endOfRow(made, row))
    const digest = bodyDigest(body)
    const key = keyOfBody(body, digest, made.timesOfLogs[row] ?? 0)
    if (!isFresh(key)) {
      made.texts[row]?.entry.fill(0)
      continue
    }
    keys.push(key)
    digests.push(digest)
    kept.push(row)
  }
  const rows = kept.length === made.starts.length ? made : only(made, kept)
  const { bytes, starts, bodies, texts } = rows
  return { bytes, starts, bodies, texts, keys, digests }
}

function only(made: MadeRows, kept: readonly number[]): Omit<MadeRows, 'timesOfLogs'> {
  const parts: Buffer[] = []
  const starts: number[] = []
  const bodies: number[] = []
  let length = 0
  for (const row of kept) {
    const start = made.starts[row] ?? 0
    const part = made.bytes.subarray(start, endOfRow(made, row))
    starts.push(length)
    bodies.push(length + (made.bodies[row] ?? 0) - start)
    parts.push(part)
    length += part.length
  }
  return {
    bytes: Buffer.concat(parts),
    starts,
    bodies,
    texts: kept.map((row) => made.texts[row]),
  }
}

/** The bytes that rows and their texts take in the log at most, but for the little that encryption adds. */
export function freshBytes({ bytes, starts, texts }: FreshRows): number {
  const perRow = recordKeyBytes + hashBytes
  return texts.reduce(
    (sum, text) => sum + (text?.entry.length ?? 0),
    bytes.length + perRow * starts.length,
  )
}
