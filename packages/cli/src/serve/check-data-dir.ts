import { mkdir, stat } from 'node:fs/promises'
import { WhodidError } from '@whodid/model'
import type { OnServiceEvent } from './service-event.ts'

/**
 * Makes the data directory (0700) where there is none, and warns when others of this machine can enter it. Throws
 * `invalid_config` when it cannot be made or is no directory.
 */
export async function checkDataDir(dataDir: string, onEvent: OnServiceEvent): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const { mode } = await stat(dataDir)
    if ((mode & 0o077) !== 0)
      onEvent({
        event: 'warning',
        message: `${dataDir} can be entered by other users of this machine; chmod 700 closes it`,
      })
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : 'unknown failure'
    throw new WhodidError('invalid_config', `WHODID_DATA_DIR ${dataDir} cannot be used: ${why}`, {
      cause: thrown,
    })
  }
}
