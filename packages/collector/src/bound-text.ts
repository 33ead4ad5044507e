import { createHash } from 'node:crypto'

/** Text cut to a bound, and whether anything was cut off. */
export interface BoundedText {
  readonly text: string
  readonly wasCut: boolean
}

/**
 * Cuts text to `bytesMax` bytes of UTF-8 and makes it well-formed: a lone surrogate becomes U+FFFD. What is cut ends in a
 * mark with the first 16 hex digits of the whole text's SHA-256, so that two IDs that differ only past the bound still
 * differ. Precondition: `bytesMax` ≥ 64.
 */
export function boundText(text: string, bytesMax: number): BoundedText {
  // Three bytes is the most that one UTF-16 unit takes.
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax)
    return { text: text.toWellFormed(), wasCut: false }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const mark = `…[cut ${hash}]`
  const kept = Buffer.from(text.slice(0, bytesMax)).subarray(0, bytesMax - Buffer.byteLength(mark))
  return { text: `${kept.subarray(0, lastWhole(kept)).toString('utf8')}${mark}`, wasCut: true }
}

/** Where the last whole character of UTF-8 ends. */
function lastWhole(bytes: Buffer): number {
  let start = bytes.length - 1
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  const first = bytes[start] ?? 0
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  return start + length <= bytes.length ? start + length : start
}
