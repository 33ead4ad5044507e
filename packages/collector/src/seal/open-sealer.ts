import { join } from 'node:path'
import { logName } from './key-ring.ts'
import type { SealedLogParts, SealOptions } from './seal-options.ts'
import { Sealer } from './sealer.ts'

/** Opens the sealer of a log's tree, in the tree's own directory under the log's name. */
export function openSealer(
  { files, limits, nowUnixNs, onProblem }: SealedLogParts,
  { treeDir, keysDir, witnesses = [], metaLog }: SealOptions,
  origin: string,
): Promise<Sealer> {
  return Sealer.open({
    origin,
    dir: join(treeDir, logName(origin)),
    keysDir,
    witnesses,
    metaLog,
    files,
    limits,
    nowUnixMs: () => Number(nowUnixNs() / 1_000_000n),
    onProblem,
  })
}
