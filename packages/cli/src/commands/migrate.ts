import { startEngine } from '@whodid/engine'
import { migrate as migrateStore } from '@whodid/store'
import type { MigrationOutcome } from '@whodid/store'
import type { Command, CommandContext } from '../command.ts'
import { readServiceConfig } from '../config.ts'
import type { ServiceConfig } from '../config.ts'
import { parseArguments } from '../parse-arguments.ts'
import { checkDataDir } from '../serve/check-data-dir.ts'
import { showProgress } from '../show-progress.ts'

/** `whodid migrate`: the schema up to date, and nothing else. */
export const migrateCommand: Command = {
  name: 'migrate',
  help: `Usage: whodid migrate [--json]

Brings the schema of the ledger up to date: that of CLICKHOUSE_URL when it is set, else that of the embedded ClickHouse in
WHODID_DATA_DIR, which must not be running. "whodid serve" does the same at its start. Safe to repeat.

Environment: WHODID_DATA_DIR, CLICKHOUSE_URL and WHODID_CLICKHOUSE_MIGRATOR_PASSWORD.`,
  run: migrate,
}

async function migrate({ args, environment, stdout, stderr }: CommandContext): Promise<number> {
  const typed = parseArguments(
    args,
    { json: { type: 'boolean' } },
    { min: 0, max: 0, what: 'no argument' },
  )
  const config = readServiceConfig(environment, ['migrator'])
  const outcome = await showProgress(stderr, 'Migrating…', migrateWhere(config))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(outcome)}\n`)
  else if (outcome.applied.length === 0)
    stdout.write(`The schema is up to date: ${outcome.alreadyApplied.length} migrations.\n`)
  else stdout.write(outcome.applied.map((name) => `applied ${name}\n`).join(''))
  return 0
}

async function migrateWhere(config: ServiceConfig): Promise<MigrationOutcome> {
  if (config.ledger !== undefined) return migrateStore(config.ledger.migrator)
  await checkDataDir(config.dataDir, () => {})
  const engine = await startEngine({ dataDir: config.dataDir })
  try {
    return await migrateStore({ url: engine.url, ...engine.users.migrator })
  } finally {
    await engine.stop()
  }
}
