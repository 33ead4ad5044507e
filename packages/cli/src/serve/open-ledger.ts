import { createSelector, migrate } from '@whodid/store'
import type { Selector } from '@whodid/store'
import type { LedgerAccess } from '../config.ts'
import type { Starting } from './starting.ts'
import { superviseEngine } from './supervise-engine.ts'

/** The ledger, its schema up to date. */
export interface OpenedLedger {
  readonly access: LedgerAccess
  readonly selector: Selector
}

/** Starts the engine, unless `config.ledger` names a server, and brings the schema up to date. */
export async function openLedger(starting: Starting): Promise<OpenedLedger> {
  const { onEvent, stops } = starting
  const access = await openEngine(starting)
  onEvent({ event: 'starting', what: 'migrations' })
  const { applied } = await migrate(access.migrator)
  onEvent({ event: 'migrated', applied })
  const selector = createSelector(access.reader)
  stops.push(() => selector.close())
  return { access, selector }
}

async function openEngine({ config, onEvent, stops }: Starting): Promise<LedgerAccess> {
  if (config.ledger !== undefined) return config.ledger
  onEvent({ event: 'starting', what: 'engine' })
  const { dataDir, memoryBytesMax } = config
  const engine = await superviseEngine({ dataDir, memoryBytesMax, onEvent })
  stops.push(() => engine.stop())
  return engine.access
}
