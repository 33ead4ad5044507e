import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogToVerify } from '../verify-ledger.ts'

/**
 * Returns the collector's own log while it has sealed nothing: it is new, and neither its tree nor the keys' directory holds a checkpoint
 * that it signed. There is nothing to verify in it, and a row that names it is of an unknown log.
 *
 * @example
 * ```ts
 * const unsealed = await unsealedLog(logs, '.whodid')
 * ```
 */
export async function unsealedLog(
  logs: readonly LogToVerify[],
  dataDir: string,
): Promise<LogToVerify | undefined> {
  const own = await readFile(join(dataDir, 'log', 'origin'), 'utf8').catch(() => '')
  return logs.find(
    ({ origin, note, anchors = [] }) =>
      origin === own.trim() && note === undefined && anchors.length === 0,
  )
}
