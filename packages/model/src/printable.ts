/**
 * Control characters (C0, DEL, C1), which carry terminal escapes, and the bidirectional and invisible format characters
 * that make text read as something else: U+061C, U+200B–200F, U+202A–202E, U+2060–2069, U+FEFF, U+FFF9–FFFB and the
 * tag block U+E0000–E007F.
 */
const unprintable =
  // oxlint-disable-next-line no-control-regex -- the pattern must match control characters
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/**
 * Makes text from an agent safe to show: each control, bidirectional and invisible character becomes U+FFFD, and so does
 * a lone surrogate. Tab and newline stay. Does NOT escape HTML: that is the renderer's part.
 */
export function printable(text: string): string {
  return text.toWellFormed().replace(unprintable, '\ufffd')
}

/** UTF-16 units of a text that are looked at for a line of it. */
const lineSourceLengthMax = 65_536

/** As {@link printable}, on one line and cut to `lengthMax` UTF-16 units with an ellipsis. */
export function printableLine(text: string, lengthMax = 200): string {
  const isCut = text.length > lineSourceLengthMax
  const source = isCut ? text.slice(0, lineSourceLengthMax) : text
  const line = printable(source).replace(/\s+/gu, ' ').trim()
  if (line.length <= lengthMax && !isCut) return line
  return `${line.slice(0, lengthMax - 1).toWellFormed()}…`
}

/**
 * Cuts every character that is one of `characters`, each of one UTF-16 unit, off the end of a text, in one step each. A pattern that ends in `$` begins anew at each place of a
 * run, which takes the square of its length when something stands behind the run.
 */
export function trimEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
