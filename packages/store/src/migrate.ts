import { createHash } from 'node:crypto'
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

const migrationsFolder = fileURLToPath(new URL('../../../clickhouse/', import.meta.url))
const fileNamePattern = /^(\d{4})_[a-z0-9_]+\.sql$/u

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
const opening = '0010_open_spans.sql'

/**
 * Brings the ledger's schema up to the newest migration, and does nothing when it is there.
 *
 * Safe to repeat and to run from two processes: every statement is idempotent and is recorded only after it succeeded, so
 * a crash in between leaves a migration that the next run applies again. Forward only: there is no undo.
 *
 * A ledger that has a file in an earlier form whose result is the same, or becomes it when the file is run again, is taken
 * as it is. Throws `migration_changed` when an applied file has another checksum than it was applied with, or when the database
 * holds a migration this version does not know; `migration_failed` when a statement is refused, and on a node of a cluster
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
    const outdated = checkRecorded(recorded, wanted)
    const applied: string[] = []
    const pending = wanted.filter(({ name }) => !recorded.has(name) || outdated.has(name))
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

/** The names of migrations that the ledger has in an earlier form, which running them again brings up to date. */
function checkRecorded(
  recorded: ReadonlyMap<string, string>,
  wanted: readonly Migration[],
): ReadonlySet<string> {
  const outdated = new Set<string>()
  const known = new Map(wanted.map((migration) => [migration.name, migration.checksum]))
  for (const [name, checksum] of recorded) {
    const expected = known.get(name)
    if (expected === undefined)
      throw new WhodidError(
        'migration_changed',
        `the database holds migration "${name}", which this version does not know`,
      )
    if (expected === checksum) continue
    const earlier = earlierMigrations[name]?.[checksum]
    if (earlier === undefined)
      throw new WhodidError(
        'migration_changed',
        `migration "${name}" was applied with checksum ${checksum}, and the file now has ${expected}`,
      )
    if (earlier === 'again') outdated.add(name)
  }
  return outdated
}

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

/**
 * Texts that a migration had before it was fixed for good, by their checksums, in ledgers that were made then. `same`: the
 * table is the same, but for settings of its merges and blocks, which no row and no answer depends on. `again`: the statement
 * replaces its earlier result, and is run once more. A ledger with a text that is not here was made by a version whose rows
 * this one does not know.
 *
 * No migration is edited any more (`clickhouse/checksums.txt` holds them to it), so that nothing need be added.
 */
const earlierMigrations: Readonly<Record<string, Readonly<Record<string, 'same' | 'again'>>>> = {
  '0001_create_spans.sql': {
    '7d908b8e31d845dbd84f48484c5553934385e796a594a54e422e5a1406f5bc3b': 'same',
    '5825329fec55fdc4fb4387d76bd32d84d521d1df702bf5675ec0544093dccd13': 'same',
    // Without the constraint that 0010 takes away.
    '42c042edbc9626dc0efad609e96605b8fe460be3212ec54379ffcc65d6e096f1': 'same',
  },
  '0002_create_actions.sql': {
    '5c5409d296c53a5a86c6448c582c4155552867e3f6147abe2f76664d98346916': 'same',
    bbba1a798ef230df7d5d6bd1ba466b10da7db13d5257a09af2f704036a00e127: 'same',
    bd4b77d4689abec37d9aa309ab1cdd27e568ebd7fa54b20a93888688c0e4027a: 'same',
  },
  '0005_create_who_did_when.sql': {
    '6c7511cd8b31ec05cb85e62a232ea4d5c7d6aa68a92a623a96bb6e60e31b361d': 'again',
  },
  '0007_create_threads.sql': {
    '28a2612ae0084f4a7759288e20836ff554338781eb8d5c2fa6400c11f6da45cc': 'same',
  },
  '0009_create_contents.sql': {
    f2c5786186d2e2f5eebafb1dceee77838fcd2ab06b145c593625eb6059c2a28c: 'same',
  },
}
