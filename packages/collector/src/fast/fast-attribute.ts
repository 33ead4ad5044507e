import type { SpanKey } from './span-keys.ts'

/** A stretch of the request's bytes, and what its text has: {@link textBits}. */
export interface Stretch {
  start: number
  end: number
  bits: number
}

/** An attribute of the span that is read. */
export interface FastAttribute extends Stretch {
  key: SpanKey
  /** One of {@link valueTags}. */
  tag: number
  /** The value of an integer, and of a flag, 0 or 1. */
  number: number
}

/** Bytes from which on a text of ASCII is no name of a thing. */
export const nameLengthMax = 256

/** The tags of an `AnyValue`. */
export const valueTags = { text: 0x0a, bool: 0x10, int: 0x18, double: 0x21, list: 0x2a } as const

/** Goes through the texts of a list that was read, an `ArrayValue` of short texts, in order. */
export function eachText(
  bytes: Buffer,
  { start, end }: { readonly start: number; readonly end: number },
  use: (start: number, end: number) => void,
): void {
  let at = start
  while (at < end) {
    // The tag of the element and its length, of two bytes from 128 on; the tag of its text, and that text's length.
    at += (bytes[at + 1] ?? 0) < 0x80 ? 3 : 4
    let length = bytes[at++] ?? 0
    if (length >= 0x80) length = (length & 0x7f) + (bytes[at++] ?? 0) * 0x80
    use(at, at + length)
    at += length
  }
}
