import { migrateLedger } from '@whodid/server'
import { readServiceConfig } from '@whodid/server/config'
import { showProgress } from '../command.ts'
import type { Command, CommandContext } from '../command.ts'
import { parseArguments } from '../parse-arguments.ts'

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
  const outcome = await showProgress(stderr, 'Migrating…', migrateLedger(config))
  if (typed.flag('json')) stdout.write(`${JSON.stringify(outcome)}\n`)
  else if (outcome.applied.length === 0)
    stdout.write(`The schema is up to date: ${outcome.alreadyApplied.length} migrations.\n`)
  else stdout.write(outcome.applied.map((name) => `applied ${name}\n`).join(''))
  return 0
}
