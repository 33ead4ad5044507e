import { parseCheckpoint, verifyNote } from '@whodid/tlog'
import type { Policy } from '@whodid/tlog'
import type { Finding } from './finding.ts'

/**
 * The logs that a policy names and that are not there: a collector's log was left out, or thrown away. What a witness of the
 * policy serves of such a log says how many records it had at least.
 */
export function missingLogs(
  policy: Policy,
  origins: readonly string[],
  served: readonly string[] = [],
): Finding[] {
  const named = new Set(policy.logs.map(({ key }) => key.name))
  return [...named]
    .filter((log) => !origins.includes(log))
    .map((log) => {
      const size = Math.max(0, ...served.map((note) => sizeOf(note, log, policy)))
      const known = size === 0 ? '' : `; it has had at least ${size} records`
      return { code: 'log_missing', log, text: `the policy names the log; it is not here${known}` }
    })
}

/** The size of a checkpoint that this log has signed; 0 for any other. */
function sizeOf(note: string, log: string, policy: Policy): number {
  try {
    const keys = policy.logs.map(({ key }) => key).filter(({ name }) => name === log)
    if (!note.startsWith(`${log}\n`)) return 0
    return parseCheckpoint(verifyNote(note, keys).text).size
  } catch {
    // What no key of the log has signed says nothing about it.
    return 0
  }
}
