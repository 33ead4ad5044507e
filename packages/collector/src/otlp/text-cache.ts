/** Bytes of the longest text that is kept. */
const textBytesMax = 64

/** Texts kept, each in the one place that its bytes name: a power of two. */
const placeCount = 4096

/**
 * Decodes UTF-8, and keeps short texts of ASCII so that bytes that come again give the string that is there already:
 * attribute keys and identities come again and again, and a string that is known carries its hash. Holds at most 4,096
 * texts of 64 bytes; a new text replaces the one in its place.
 */
export class TextCache {
  readonly #texts: string[] = Array<string>(placeCount).fill('')

  /** The text of `bytes` from `start` to `end`. */
  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    if (length > textBytesMax) return bytes.toString('utf8', start, end)
    if (length === 0) return ''
    const place = placeOf(bytes, start, end)
    const known = this.#texts[place] ?? ''
    if (known.length === length && isTextOf(known, bytes, start)) return known
    const text = bytes.toString('utf8', start, end)
    // Only ASCII has as many UTF-16 units as bytes: another text of that length, such as one with U+FFFD, never compares equal.
    if (text.length === length) this.#texts[place] = text
    return text
  }
}

/** Takes in the length, and bytes spread over the text: texts differ most at their ends. */
function placeOf(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  let hash = length
  const step = length < 16 ? 1 : length >> 3
  for (let index = start; index < end; index += step) hash = (hash * 31 + (bytes[index] ?? 0)) | 0
  hash = (hash * 31 + (bytes[end - 1] ?? 0)) | 0
  hash = (hash * 31 + (bytes[end - 2] ?? 0)) | 0
  return (hash ^ (hash >>> 12)) & (placeCount - 1)
}

function isTextOf(text: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) !== bytes[start + index]) return false
  return true
}
