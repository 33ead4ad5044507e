/** One thing that was looked at. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do; null where all is well. */
  readonly advice: string | null
}

/** A check that found all well. */
export function good(name: string, found: string): Check {
  return { name, state: 'ok', found, advice: null }
}

/** A check that found what must be seen to. */
export function bad(name: string, found: string, advice: string): Check {
  return { name, state: 'fail', found, advice }
}

/** A check that found what may be seen to. */
export function doubtful(name: string, found: string, advice: string): Check {
  return { name, state: 'warn', found, advice }
}
