import { bodyDigest } from '@whodid/model'
import type { TextBlockOwner } from '@whodid/store'
import { endOfRow } from '../rows/made-rows.ts'
import type { MadeRows } from '../rows/made-rows.ts'
import { keyOfBody } from './record-key.ts'

/** Rows that the log does not hold yet. */
export interface FreshRows extends Pick<MadeRows, 'bytes' | 'starts' | 'bodies'> {
  /** Their keys, a character a byte. */
  readonly keys: readonly string[]
  /** The SHA-256 of their bodies, a character a byte. */
  readonly digests: readonly string[]
  readonly texts: readonly FreshText[]
}

/** A block of texts, by the first row that has a text in it. */
export interface FreshText extends Pick<TextBlockOwner, 'textBlock'> {
  readonly row: number
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
    if (!isFresh(key)) continue
    keys.push(key)
    digests.push(digest)
    kept.push(row)
  }
  const rows = kept.length === made.starts.length ? made : only(made, kept)
  return {
    bytes: rows.bytes,
    starts: rows.starts,
    bodies: rows.bodies,
    keys,
    digests,
    texts: textsOf(rows),
  }
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
    blocks: kept.map((row) => made.blocks[row]),
  }
}

function textsOf({ blocks }: Pick<MadeRows, 'blocks'>): FreshText[] {
  const texts: FreshText[] = []
  const seen = new Set<FreshText['textBlock']>([undefined])
  for (const [row, textBlock] of blocks.entries()) {
    if (seen.has(textBlock)) continue
    seen.add(textBlock)
    texts.push({ textBlock, row })
  }
  return texts
}
