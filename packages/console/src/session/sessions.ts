import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mayRead } from './console-reader.ts'
import type { ConsoleReader } from './console-reader.ts'

/** How long sessions live, and how many there are. */
export interface SessionBounds {
  /** Milliseconds without a request after which a session ends. */
  readonly idleMs: number
  /** Milliseconds after its start at which a session ends, whatever is done with it. */
  readonly lifeMs: number
  /** Sessions at one time; one more ends the one that was idle longest. */
  readonly countMax: number
}

/** Half an hour idle, eight hours in all, 1,000 sessions. */
export const sessionBoundsDefault: SessionBounds = {
  idleMs: 30 * 60_000,
  lifeMs: 8 * 3_600_000,
  countMax: 1_000,
}

/** A reader who is signed in. */
export interface Session {
  readonly reader: ConsoleReader
  /** Each form that is posted carries it. */
  readonly formToken: string
  /** What the reader is working on, kept from page to page. */
  readonly work: SessionWork
  /** Tells whether the session still stands; does not count as a use of it. */
  readonly isOpen: () => boolean
}

/** The state of a session that its pages change. */
export interface SessionWork {
  /** The case that was written to last; '' for none. */
  caseId: string
}

/** The sessions of this process. They end with it. */
export interface Sessions {
  /** Starts a session and returns its ID, which is kept nowhere here: only its hash is. */
  readonly start: (reader: ConsoleReader, provided?: ProvidedReader) => string
  /** Returns the session of an ID; undefined when it has ended or its reader is no longer known. */
  readonly find: (id: string) => Session | undefined
  readonly end: (id: string) => void
  /** The sessions that stand, the newest first. */
  readonly list: () => OpenSession[]
  /** Ends the session that {@link list} gave under this name. Returns false where there is none. */
  readonly endNamed: (name: string, tenant: string) => boolean
}

/** A session as others may see it. */
export interface OpenSession {
  /** Names the session; it does not open it. */
  readonly name: string
  readonly reader: ConsoleReader
  /** True where an identity provider vouched for the reader. */
  readonly isProvided: boolean
  readonly startedAt: number
  readonly usedAt: number
}

/** What is known of a reader whom an identity provider vouched for, and whom no list of tokens names. */
export interface ProvidedReader {
  /** Milliseconds after which the session ends, whatever is done with it; never longer than that of a token. */
  readonly lifeMs: number
}

interface Kept {
  readonly reader: ConsoleReader
  readonly isProvided: boolean
  readonly lifeMs: number
  readonly formToken: string
  readonly work: SessionWork
  readonly startedAt: number
  usedAt: number
}

/** Keeps sessions in memory, by the hash of their ID. */
export function createSessions(
  readers: () => readonly ConsoleReader[],
  now: () => number,
  bounds: SessionBounds,
): Sessions {
  // In the order of their last use: the first is the one that was idle longest.
  const kept = new Map<string, Kept>()
  /** The reader as it is known now; undefined where the session is over. */
  const readerNow = ({ reader, isProvided, lifeMs, startedAt, usedAt }: Kept) => {
    if (now() - usedAt > bounds.idleMs || now() - startedAt > lifeMs) return undefined
    const known = isProvided ? reader : readers().find(({ sha256 }) => sha256 === reader.sha256)
    return known !== undefined && mayRead(known) ? known : undefined
  }
  const start = (reader: ConsoleReader, provided?: ProvidedReader): string => {
    for (const [key, session] of kept) if (readerNow(session) === undefined) kept.delete(key)
    const [oldest] = kept.keys()
    if (kept.size >= bounds.countMax && oldest !== undefined) kept.delete(oldest)
    const id = randomToken()
    kept.set(sha256(id), {
      reader,
      isProvided: provided !== undefined,
      lifeMs: Math.min(provided?.lifeMs ?? bounds.lifeMs, bounds.lifeMs),
      formToken: randomToken(),
      work: { caseId: '' },
      startedAt: now(),
      usedAt: now(),
    })
    return id
  }
  const find = (id: string): Session | undefined => {
    const key = sha256(id)
    const session = kept.get(key)
    if (session === undefined) return undefined
    kept.delete(key)
    const reader = readerNow(session)
    if (reader === undefined) return undefined
    session.usedAt = now()
    kept.set(key, session)
    const isOpen = (): boolean => kept.get(key) === session && readerNow(session) !== undefined
    return { reader, formToken: session.formToken, work: session.work, isOpen }
  }
  const list = (): OpenSession[] =>
    [...kept]
      .flatMap(([key, session]) => {
        const reader = readerNow(session)
        const { isProvided, startedAt, usedAt } = session
        return reader === undefined
          ? []
          : [{ name: nameOf(key), reader, isProvided, startedAt, usedAt }]
      })
      .toReversed()
  const endNamed = (name: string, tenant: string): boolean => {
    const found = [...kept].find(
      ([key, { reader }]) => nameOf(key) === name && reader.tenant === tenant,
    )
    return found !== undefined && kept.delete(found[0])
  }
  return { start, find, end: (id) => void kept.delete(sha256(id)), list, endNamed }
}

/** A part of the hash of a session's ID: it leads to no ID. */
function nameOf(key: string): string {
  return key.slice(0, 32)
}

/** 256 random bits, as text for a cookie or a form. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares two tokens in a time that depends on neither. */
export function sameToken(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
