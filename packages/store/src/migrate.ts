import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ClickHouseClient } from '@clickhouse/client'
import { WhodidError } from '@whodid/model'
import { openClient } from './client.ts'
import type { StoreAccess } from './client.ts'
import { storeError } from './store-error.ts'

/** A numbered file of `clickhouse/`: one statement, forward only. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file, hex. A file that was applied may never change. */
  readonly checksum: string
}

/** The result of {@link migrate}: names of migrations, in order. */
export interface MigrationOutcome {
  readonly applied: readonly string[]
  readonly alreadyApplied: readonly string[]
}

/** The schema of a clone, or, where the package was installed, the copy that was packed with it. */
export const migrationsFolder: string = folderOf(['../../../clickhouse/', '../clickhouse/'])
const fileNamePattern = /^(\d{4})_[a-z0-9_]+\.sql$/u

function folderOf(places: readonly string[]): string {
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  return folders.find((folder) => existsSync(`${folder}checksums.txt`)) ?? ''
}

/** Reads the migrations in the order in which they are applied: by number, the one that allows inserts last. Throws `migration_failed` when two share a number or one is left out. */
export async function readMigrations(folder: string = migrationsFolder): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => fileNamePattern.test(name)).sort()
  const migrations = await Promise.all(
    names.map(async (name): Promise<Migration> => {
      const sql = await readFile(`${folder}/${name}`, 'utf8')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { number: Number(name.slice(0, 4)), name, sql, checksum }
    }),
  )
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1)
      throw new WhodidError(
        'migration_failed',
        `migration number expected ${index + 1}, got ${migration.number} ("${migration.name}")`,
      )
  })
  return migrations.toSorted((a, b) => Number(a.name === opening) - Number(b.name === opening))
}

/** The migration that allows inserts. Applied last: no row may be inserted before everything that reads it exists. */
const opening = '0015_open_spans.sql'

/**
 * Brings the ledger's schema up to the newest migration, and does nothing when it is there.
 *
 * Safe to repeat and to run from two processes: every statement is idempotent and is recorded only after it succeeded, so
 * a crash in between leaves a migration that the next run applies again. Forward only: there is no undo.
 *
 * Throws `migration_changed` when an applied file has another checksum than it was applied with, or when the database
 * holds a migration this version does not know, as a ledger of format version 1 does; `migration_failed` when a statement is refused, and on a node of a cluster
 * that has not got all of `clickhouse/cluster/schema.sql`.
 */
export async function migrate(
  access: StoreAccess,
  migrations?: readonly Migration[],
): Promise<MigrationOutcome> {
  const wanted = migrations ?? (await readMigrations())
  const client = openClient(access)
  try {
    await prepare(client)
    const recorded = await readRecorded(client)
    checkRecorded(recorded, wanted)
    const applied: string[] = []
    const pending = wanted.filter(({ name }) => !recorded.has(name))
    if (pending.length > 0) await refuseCluster(client, pending)
    for (const migration of pending) {
      await apply(client, migration)
      applied.push(migration.name)
    }
    return { applied, alreadyApplied: [...recorded.keys()] }
  } finally {
    await client.close()
  }
}

async function prepare(client: ClickHouseClient): Promise<void> {
  try {
    await client.command({ query: 'CREATE DATABASE IF NOT EXISTS whodid' })
    await client.command({
      query: `CREATE TABLE IF NOT EXISTS whodid.migrations
        (name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
        ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1`,
    })
  } catch (thrown) {
    throw storeError(thrown, 'to prepare the database "whodid"')
  }
}

async function readRecorded(client: ClickHouseClient): Promise<Map<string, string>> {
  try {
    const answer = await client.query({
      // A migration that was run again has two rows: the newest names the text that the ledger has.
      query: 'SELECT name, checksum FROM whodid.migrations ORDER BY name, applied_at',
      format: 'JSONEachRow',
    })
    const rows = await answer.json<{ name: string; checksum: string }>()
    return new Map(rows.map((row) => [row.name, row.checksum]))
  } catch (thrown) {
    throw storeError(thrown, 'to read which migrations were applied')
  }
}

/** Throws unless the ledger has what this version would have given it, or a beginning of that. */
function checkRecorded(recorded: ReadonlyMap<string, string>, wanted: readonly Migration[]): void {
  const known = new Map(wanted.map((migration) => [migration.name, migration.checksum]))
  if (recorded.has(firstFormat) && !known.has(firstFormat))
    throw new WhodidError(
      'migration_changed',
      'the ledger expected records of format version 2; it holds those of version 1, which only the version of Whodid that made them reads: keep that version for it, and begin a new data directory',
    )
  for (const [name, checksum] of recorded) {
    const expected = known.get(name)
    if (expected === undefined)
      throw new WhodidError(
        'migration_changed',
        `the database holds migration "${name}", which this version does not know`,
      )
    if (expected !== checksum)
      throw new WhodidError(
        'migration_changed',
        `migration "${name}" was applied with checksum ${checksum}, and the file now has ${expected}`,
      )
  }
}

/** A migration that every ledger of format version 1 has, and none of a later one. */
const firstFormat = '0007_create_threads.sql'

/** Over a Distributed table a single server's view would take each row a second time. */
async function refuseCluster(
  client: ClickHouseClient,
  pending: readonly Migration[],
): Promise<void> {
  let isDistributed: boolean
  try {
    const answer = await client.query({
      query: `SELECT 1 FROM system.tables WHERE database = 'whodid' AND name = 'spans' AND engine = 'Distributed'`,
      format: 'JSONEachRow',
    })
    isDistributed = (await answer.json()).length > 0
  } catch (thrown) {
    throw storeError(thrown, 'to say whether it is a cluster')
  }
  if (isDistributed)
    throw new WhodidError(
      'migration_failed',
      `migration "${pending[0]?.name ?? ''}" expected a single server, got a node of a cluster: run clickhouse/cluster/schema.sql on every node`,
    )
}

async function apply(client: ClickHouseClient, migration: Migration): Promise<void> {
  try {
    await client.command({ query: migration.sql })
    // A crash here leaves the statement done and not recorded: the next run repeats it, which is why each is idempotent.
    await client.insert({
      table: 'whodid.migrations',
      values: [{ name: migration.name, checksum: migration.checksum }],
      columns: ['name', 'checksum'],
      format: 'JSONEachRow',
      clickhouse_settings: { async_insert: 0 },
    })
  } catch (thrown) {
    throw new WhodidError('migration_failed', `migration "${migration.name}" was not applied`, {
      cause: thrown,
    })
  }
}

/**
 * The SELECT inside a view of the ledger, from the newest migration that makes it.
 *
 * Sending it spares the engine from analysing the view's text twice, about half of what a question costs; the view and
 * the statement are one text, so they cannot answer differently.
 *
 * Throws when no migration makes a view of that name: an own bug.
 */
export async function readViewStatement(view: string): Promise<string> {
  const heading = `CREATE OR REPLACE VIEW whodid.${view}\nSQL SECURITY INVOKER\nAS\n`
  const migrations = await readMigrations()
  const newest = migrations.findLast((migration) => migration.sql.includes(heading))
  if (newest === undefined) throw new Error(`no migration makes the view whodid.${view}`)
  return newest.sql.slice(newest.sql.indexOf(heading) + heading.length)
}
