import type { AskApi } from '../ask-api.ts'

/** The ports of a page. */
export interface PageDeps {
  readonly ask: AskApi
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** An instant some time ago, as the API takes it. */
export function ago(now: () => number, ms: number): string {
  return new Date(now() - ms).toISOString()
}
