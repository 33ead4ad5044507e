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
