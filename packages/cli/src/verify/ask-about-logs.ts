import { join } from 'node:path'
import { openLogTrees } from '@whodid/tlog-posix'
import type { Policy } from '@whodid/tlog'
import { fetchServed } from '@whodid/witness'

/**
 * What a policy's witnesses serve of each log of a data directory, by its origin; of none without a policy. To be asked before the
 * logs' own checkpoints are read. Never throws for what a witness answers.
 */
export async function askAboutLogs(
  policy: Policy | undefined,
  dataDir: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (policy === undefined) return new Map()
  const trees = await openLogTrees(join(dataDir, 'tlog')).all()
  const asked = trees.map(async ({ origin }) => {
    const { served } = await fetchServed(policy, origin, { signal })
    return [origin, served] as const
  })
  return new Map(await Promise.all(asked))
}
