import { mkdir, stat } from 'node:fs/promises'
import { startEngine } from '@whodid/engine'
import { WhodidError } from '@whodid/model'
import { createSelector, migrate } from '@whodid/store'
import type { MigrationOutcome, Selector } from '@whodid/store'
import type { LedgerAccess } from '../config/read-ledger.ts'
import type { ServiceConfig } from '../config/service-config.ts'
import { closing, startParts } from './startup-context.ts'
import type { OnServiceEvent, Started, StartupContext } from './startup-context.ts'
import { superviseEngine } from './supervise-engine.ts'

/** The ledger, its schema up to date. */
export interface OpenedLedger {
  readonly access: LedgerAccess
  readonly selector: Selector
}

/** Starts the engine, unless `config.ledger` names a server, and brings the schema up to date. Throws as each of the two does. */
export function startLedger(context: StartupContext): Promise<Started<OpenedLedger>> {
  const { onEvent } = context
  return startParts(onEvent, async (keep) => {
    const access = keep(await startAccess(context))
    onEvent({ event: 'starting', what: 'migrations' })
    const { applied } = await migrate(access.migrator)
    onEvent({ event: 'migrated', applied })
    return { access, selector: keep(closing(createSelector(access.reader))) }
  })
}

/**
 * Brings the schema up to date and does nothing else: that of `config.ledger`, else that of the embedded engine of the data directory,
 * which must not be running. Safe to repeat. Throws the engine's codes, `migration_changed` and `migration_failed`.
 */
export async function migrateLedger(config: ServiceConfig): Promise<MigrationOutcome> {
  if (config.ledger !== undefined) return migrate(config.ledger.migrator)
  await checkDataDir(config.dataDir, () => {})
  const engine = await startEngine({ dataDir: config.dataDir })
  try {
    return await migrate({ url: engine.url, ...engine.users.migrator })
  } finally {
    await engine.stop()
  }
}

/**
 * Makes the data directory (0700) where there is none, and warns when other users of this machine can enter it. Throws
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

async function startAccess({ config, onEvent }: StartupContext): Promise<Started<LedgerAccess>> {
  const { ledger, dataDir, memoryBytesMax } = config
  if (ledger !== undefined) return { value: ledger, stop: () => Promise.resolve() }
  onEvent({ event: 'starting', what: 'engine' })
  return superviseEngine({ dataDir, memoryBytesMax, onEvent })
}
