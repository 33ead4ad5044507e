import { textPartBits, textParts } from '@whodid/model'
import type { TextPart } from '@whodid/model'

/*
 * An entry is the text of one record, as a block holds it. Byte by byte:
 *
 *   0  1  the parts that the record has: 1 content + 2 result + 4 detail
 *   1  …  for each of them, in this order: VarUInt n, then n bytes of UTF-8
 */

/** The text of a record, by part; '' where it has no such part. */
export type Texts = Readonly<Record<TextPart, string>>

/** A place within some bytes, `end` not included. */
export interface Extent {
  readonly start: number
  readonly end: number
}

/** An entry, read: the places of its texts in the bytes that it was read from; undefined where the record has no such part. */
export interface TextEntry extends Extent {
  readonly parts: Readonly<Record<TextPart, Extent | undefined>>
}

/** The bits of the parts that are there. */
export function partBitsOf(texts: Texts): number {
  let bits = 0
  for (const part of textParts) if (texts[part] !== '') bits += textPartBits[part]
  return bits
}

/** The value of `text_at` for an entry at an offset of its block, with the parts that it has: a block is far below 2^29 bytes. */
export function textAtOf(offset: number, partBits: number): number {
  return offset * partBitsEnd + partBits
}

/** The offset of a record's entry in its block. */
export function entryOffset(textAt: number): number {
  return Math.floor(textAt / partBitsEnd)
}

/** Bytes that the entry of these texts takes at most. */
export function entryBytesMax({ content, result, detail }: Texts): number {
  return (
    1 + textParts.length * lengthBytesMax + 3 * (content.length + result.length + detail.length)
  )
}

/** Writes an entry at `start`. Precondition: there is room, see {@link entryBytesMax}. */
export function writeEntry(bytes: Buffer, start: number, texts: Texts): TextEntry {
  let at = start + 1
  const place = (part: TextPart): Extent | undefined => {
    const text = texts[part]
    if (text === '') return undefined
    const length = Buffer.byteLength(text)
    const textStart = writeLength(bytes, at, length)
    at = textStart + bytes.write(text, textStart)
    return { start: textStart, end: at }
  }
  const parts = { content: place('content'), result: place('result'), detail: place('detail') }
  bytes[start] = partBitsOf(texts)
  return { start, end: at, parts }
}

/** Reads the entry at an offset; undefined when there is none. */
export function readEntry(bytes: Buffer, start: number): TextEntry | undefined {
  const bits = bytes[start] ?? 0
  if (bits === 0 || bits >= partBitsEnd) return undefined
  const parts: Record<TextPart, Extent | undefined> = {
    content: undefined,
    result: undefined,
    detail: undefined,
  }
  let at = start + 1
  for (const part of textParts) {
    if ((bits & textPartBits[part]) === 0) continue
    const length = readLength(bytes, at)
    if (length === undefined || length.next + length.value > bytes.length) return undefined
    parts[part] = { start: length.next, end: length.next + length.value }
    at = length.next + length.value
  }
  return { start, end: at, parts }
}

/** The first number that is more than all parts together, and so the factor of an offset in `text_at`. */
const partBitsEnd = 8

/** A text takes less than 2^28 bytes: a request is far smaller. */
const lengthBytesMax = 4

function writeLength(bytes: Buffer, start: number, length: number): number {
  let at = start
  let left = length
  for (; left >= 0x80; left = Math.floor(left / 0x80)) {
    bytes[at] = (left % 0x80) + 0x80
    at += 1
  }
  bytes[at] = left
  return at + 1
}

function readLength(bytes: Buffer, start: number): { value: number; next: number } | undefined {
  let value = 0
  for (let n = 0; n < lengthBytesMax; n += 1) {
    const byte = bytes[start + n]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * n)
    if (byte < 0x80) return { value, next: start + n + 1 }
  }
  return undefined
}
