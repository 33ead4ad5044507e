import { createHash, timingSafeEqual } from 'node:crypto'

/** A reader who may sign in: a token of the API, by its hash. */
export interface ConsoleReader {
  /** Stands in the access log. */
  readonly name: string
  /** `investigator` and `admin` may sign in; `ingest` may not. */
  readonly role: string
  readonly tenant: string
  /** SHA-256 of the token's text, hex. */
  readonly sha256: string
}

/** Returns the reader whose token this is. Every known hash is compared, in constant time. */
export function readerOf(
  token: string,
  readers: readonly ConsoleReader[],
): ConsoleReader | undefined {
  const hash = createHash('sha256').update(token).digest()
  let found: ConsoleReader | undefined
  for (const reader of readers)
    if (timingSafeEqual(hash, Buffer.from(reader.sha256, 'hex'))) found = reader
  return found
}

/** Returns true for a reader whose role reads: the token of a sender opens no session. */
export function mayRead({ role }: ConsoleReader): boolean {
  return role === 'investigator' || role === 'admin'
}
