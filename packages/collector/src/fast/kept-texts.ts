import { isAt } from './span-keys.ts'

/** Texts that are kept, one a place; a power of two. */
const placeCount = 2048

/** Bytes of the longest text that is kept: names, addresses and kinds, which come again and again. */
const textBytesMax = 128

/**
 * Short texts that redaction was found to leave as they are, by their bytes: an issuer's address is in every span. Redaction depends on
 * nothing but the text, so that what was found once holds; a text that takes the place of another makes the other one be searched
 * again.
 */
export class KeptTexts {
  readonly #texts = Array.from<Buffer | undefined>({ length: placeCount })

  /** True when these bytes are a text that was kept. */
  has(bytes: Buffer, start: number, end: number): boolean {
    const kept = this.#texts[placeOf(bytes, start, end)]
    return kept !== undefined && kept.length === end - start && isAt(kept, bytes, start)
  }

  /** Keeps a text, unless it is long. */
  add(bytes: Buffer, start: number, end: number): void {
    if (end - start > textBytesMax) return
    // Not a slice of a shared pool: one short text would keep all of it alive.
    const kept = Buffer.allocUnsafeSlow(end - start)
    bytes.copy(kept, 0, start, end)
    this.#texts[placeOf(bytes, start, end)] = kept
  }
}

/** Takes in the length and eight bytes: cheap, and the bytes are compared anyway. */
function placeOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start
  for (let at = Math.max(end - 7, start); at < end; at += 1)
    hash = (hash * 31 + (bytes[at] ?? 0)) | 0
  hash = Math.imul((hash * 31 + (bytes[start + ((end - start) >> 1)] ?? 0)) | 0, 0x85eb_ca6b)
  return (hash >>> 16) & (placeCount - 1)
}
