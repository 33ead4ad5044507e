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
}

/** The state of a session that its pages change. */
export interface SessionWork {
  /** The case that was written to last; '' for none. */
  caseId: string
}

/** The sessions of this process. They end with it. */
export interface Sessions {
  /** Starts a session and returns its ID, which is kept nowhere here: only its hash is. */
  readonly start: (reader: ConsoleReader) => string
  /** Returns the session of an ID; undefined when it has ended or its reader is no longer known. */
  readonly find: (id: string) => Session | undefined
  readonly end: (id: string) => void
}

interface Kept {
  readonly readerSha256: string
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
  const isOver = ({ startedAt, usedAt }: Kept): boolean =>
    now() - usedAt > bounds.idleMs || now() - startedAt > bounds.lifeMs
  const start = (reader: ConsoleReader): string => {
    for (const [key, session] of kept) if (isOver(session)) kept.delete(key)
    const [oldest] = kept.keys()
    if (kept.size >= bounds.countMax && oldest !== undefined) kept.delete(oldest)
    const id = randomToken()
    const at = { startedAt: now(), usedAt: now() }
    kept.set(sha256(id), {
      readerSha256: reader.sha256,
      formToken: randomToken(),
      work: { caseId: '' },
      ...at,
    })
    return id
  }
  const find = (id: string): Session | undefined => {
    const key = sha256(id)
    const session = kept.get(key)
    if (session === undefined) return undefined
    kept.delete(key)
    const reader = readers().find((known) => known.sha256 === session.readerSha256)
    if (reader === undefined || !mayRead(reader) || isOver(session)) return undefined
    session.usedAt = now()
    kept.set(key, session)
    return { reader, formToken: session.formToken, work: session.work }
  }
  return { start, find, end: (id) => void kept.delete(sha256(id)) }
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
