import type { ByteWriter } from '@whodid/model'
import { joinedText, lastUserText } from '../normalize/conventions/message-text.ts'
import { valueTags } from './fast-attribute.ts'
import type { FastSpan } from './fast-span.ts'
import { isAt } from './span-keys.ts'

/** The one message that our SDK sends, as `JSON.stringify` writes it. */
const opening = {
  user: Buffer.from('[{"role":"user","parts":[{"type":"text","content":"'),
  assistant: Buffer.from('[{"role":"assistant","parts":[{"type":"text","content":"'),
}
const closings = ['"}]}]', '"}],"finish_reason":"stop"}]'].map((text) => Buffer.from(text))

/** The messages of a span of which the text is wanted: the last of a user, or all. */
export interface Wanted {
  readonly slot: number
  readonly isOfUser: boolean
}

/** Bytes of the message that is read. */
const within = { end: 0 }

/**
 * Writes the text of a span's messages, as {@link lastUserText} and {@link joinedText} read it: from the bytes where it is one message of
 * our own SDK, else through them. Returns false when the messages are no text, or theirs is not well-formed.
 */
export function writeSaid(said: ByteWriter, span: FastSpan, { slot, isOfUser }: Wanted): boolean {
  const messages = span.at(slot)
  if (messages === undefined) return true
  if (messages.tag !== valueTags.text) return false
  const { bytes } = span
  const { start, end } = messages
  const role = bytes[start + roleAt] === 0x75 ? 'user' : 'assistant'
  const textStart = start + opening[role].length
  if (textStart < end && isAt(opening[role], bytes, start)) {
    within.end = end
    if (unescape(said, bytes, textStart)) {
      if (isOfUser && role !== 'user') said.clear()
      return true
    }
    said.clear()
  }
  const text = (isOfUser ? lastUserText : joinedText)(bytes.toString('utf8', start, end))
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

/** Apart from the loop that asks: a closure over a loop's own variable is made anew at each byte. */
function isClosing(bytes: Buffer, at: number, end: number): boolean {
  return closings.some((closing) => closing.length === end - at && isAt(closing, bytes, at))
}

/** Writes the string of JSON that begins at `from`; false when it is none, or what follows is not the message's end. */
function unescape(said: ByteWriter, bytes: Buffer, from: number): boolean {
  const { end } = within
  let plainStart = from
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      said.copy(bytes, plainStart, at)
      return isClosing(bytes, at, end)
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
