import { randomToken } from '../session/sessions.ts'

/** A sign-in that a browser began, and that the provider has not answered. */
export interface PendingSignIn {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  /** The page of the console to go on to. */
  readonly next: string
}

/** The sign-ins under way. */
export interface PendingSignIns {
  /** Keeps one and returns the ID for the browser's cookie. */
  readonly keep: (pending: PendingSignIn) => string
  /** Returns one and forgets it: a code is taken once. Undefined when it is unknown or too old. */
  readonly take: (id: string) => PendingSignIn | undefined
}

/** Milliseconds that a person has to sign in at the provider. */
const lifeMs = 10 * 60_000

/** Sign-ins at one time; one more forgets the oldest. */
const countMax = 1_000

/** Keeps sign-ins in memory. */
export function createPendingSignIns(now: () => number): PendingSignIns {
  const kept = new Map<string, PendingSignIn & { readonly atMs: number }>()
  return {
    keep: (pending) => {
      const [oldest] = kept.keys()
      if (kept.size >= countMax && oldest !== undefined) kept.delete(oldest)
      const id = randomToken()
      kept.set(id, { ...pending, atMs: now() })
      return id
    },
    take: (id) => {
      const found = kept.get(id)
      kept.delete(id)
      return found === undefined || now() - found.atMs > lifeMs ? undefined : found
    },
  }
}
