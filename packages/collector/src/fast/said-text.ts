import type { ByteWriter } from '@whodid/model'
import { joinedText, lastUserText } from '../normalize/conventions/message-text.ts'
import type { FastSpan, Stretch } from './fast-span.ts'
import { isEqual } from './span-keys.ts'

/** The one message that our SDK sends, as `JSON.stringify` writes it. */
const opening = {
  user: Buffer.from('[{"role":"user","parts":[{"type":"text","content":"'),
  assistant: Buffer.from('[{"role":"assistant","parts":[{"type":"text","content":"'),
}
const closings = ['"}]}]', '"}],"finish_reason":"stop"}]'].map((text) => Buffer.from(text))

/** The messages of which the text is wanted: the last of a user, or all. */
type Wanted = 'user' | 'all'

/**
 * Writes the text of a list of messages, as {@link lastUserText} and {@link joinedText} read it: from the bytes where it is one message of
 * our own SDK, else through them. Returns false when the text is not well-formed.
 */
export function writeSaid(
  said: ByteWriter,
  { bytes }: Pick<FastSpan, 'bytes'>,
  { start, end }: Stretch,
  wanted: Wanted,
): boolean {
  const role = bytes[start + roleAt] === 0x75 ? 'user' : 'assistant'
  const textStart = start + opening[role].length
  if (textStart < end && isEqual(opening[role], bytes, start, textStart)) {
    if (unescape(said, bytes, textStart, end)) {
      if (wanted === 'user' && role !== 'user') said.clear()
      return true
    }
    said.clear()
  }
  const read = wanted === 'user' ? lastUserText : joinedText
  const text = read(bytes.toString('utf8', start, end))
  said.utf8(text)
  return text.isWellFormed()
}

const roleAt = '[{"role":"'.length
const quote = 0x22
const backslash = 0x5c

/** The characters that stand behind a backslash in JSON, but for `u`; each with the one that it means. */
const escapes = new Uint8Array(128)
for (const pair of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  escapes[pair.charCodeAt(0)] = pair.charCodeAt(1)

/** Writes the string of JSON that begins at `from`; false when it is none, or what follows is not the message's end. */
function unescape(said: ByteWriter, bytes: Buffer, from: number, end: number): boolean {
  let plainStart = from
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      said.copy(bytes, plainStart, at)
      return closings.some((closing) => isEqual(closing, bytes, at, end))
    }
    if (byte < 0x20) return false
    if (byte !== backslash) continue
    const meant = escapes[bytes[at + 1] ?? 0] ?? 0
    if (meant === 0) return false
    said.copy(bytes, plainStart, at)
    said.uint8(meant)
    at += 1
    plainStart = at + 1
  }
  return false
}
