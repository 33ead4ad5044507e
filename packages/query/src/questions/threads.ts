/** A kind of name that `whodid.threads` knows. */
export type ThreadKind =
  'trace' | 'correlation' | 'instance' | 'credential' | 'action' | 'session' | 'conversation'

/**
 * The condition that leads, by the ledger's own sort key, to the hours and traces in which a name occurs: `value` is SQL for
 * the name. Two names may meet in one key, so the row's own column must be compared beside it.
 */
export function inThreadsOf(kind: ThreadKind, value: string): string {
  return inThreads(`key = sipHash64('${kind}', ${value})`)
}

/** The same for every thread that fits a condition on `whodid.threads`. */
export function inThreads(condition: string): string {
  return `(toStartOfHour(row.ts), row.trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE ${condition})`
}
