/** Bytes of one message that are looked at, 16 MiB. A longer one passes as it is and is not recorded. */
export const messageBytesMax: number = 16 * 1024 * 1024

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a message; undefined where its bytes are no UTF-8, so that nothing is changed by reading it. */
export function messageText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    // The bytes go on as they are; the receiver says what is wrong with them.
    return undefined
  }
}

/** Counts of what passed without being looked at, by reason. */
export interface Unobserved {
  /** Messages of more than {@link messageBytesMax}. */
  tooLong: number
  /** Messages that are no UTF-8, or compressed. */
  unreadable: number
}
