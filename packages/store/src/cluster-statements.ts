import type { Migration } from './migrate.ts'

/** The engine of a shard's own tables. The plain one is for nodes that cannot replicate, and for tests. */
export type ShardEngine = 'MergeTree' | 'ReplicatedMergeTree'

/**
 * The sharding key of each table. Depends on the row alone, so that an insert that is repeated under its token is split in
 * the same way and each shard recognises its part. A trace stays whole: its `threads` are grouped from one insert.
 */
const shardKeys: Readonly<Record<string, string>> = {
  spans: 'sipHash64(trace_id)',
  actions: 'sipHash64(trace_id)',
  acts: 'sipHash64(trace_id)',
  threads: 'sipHash64(trace_id)',
  contents: 'sipHash64(ref)',
  reads: 'sipHash64(request_id)',
  case_entries: 'sipHash64(case_id)',
  people: 'sipHash64(person)',
  findings: 'sipHash64(finding_id)',
  finding_triage: 'sipHash64(finding_id)',
  detection_runs: 'sipHash64(rule)',
  finding_responses: 'sipHash64(finding_id)',
}

/**
 * The ledger's schema for one node of a cluster named `whodid`, made of the single node's migrations so that the two
 * cannot differ: run all of it, in order, on every node; repeating it changes nothing.
 *
 * Rows and materialized views are in the database `whodid_shard`; in `whodid` the same names are Distributed tables over all
 * shards, so collectors and questions need not know. The migrations are recorded as applied, so `whodid serve` leaves the
 * schema alone. Throws for a migration that it cannot turn, and for a table without a shard key: own bugs.
 */
export function clusterStatements(
  migrations: readonly Migration[],
  engine: ShardEngine = 'ReplicatedMergeTree',
): string[] {
  const parts = migrations.map((migration) => turn(migration, engine))
  return [
    'CREATE DATABASE IF NOT EXISTS whodid_shard',
    'CREATE DATABASE IF NOT EXISTS whodid',
    ...parts.flatMap(({ shard }) => shard),
    // The tables that collectors insert into are created last, after everything that reads their rows.
    ...parts.flatMap(({ whole }) => whole),
    `CREATE TABLE IF NOT EXISTS whodid.migrations
(name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1`,
    ...migrations.map(
      ({ name, checksum }) => `INSERT INTO whodid.migrations (name, checksum)
SELECT '${name}', '${checksum}' WHERE '${name}' NOT IN (SELECT name FROM whodid.migrations)`,
    ),
  ]
}

/** The statements a migration becomes, in either database. */
interface Turned {
  readonly shard: readonly string[]
  readonly whole: readonly string[]
}

function turn({ name, sql }: Migration, engine: ShardEngine): Turned {
  const statement = withoutComments(sql)
  const table = /^CREATE TABLE IF NOT EXISTS whodid\.(\w+)\n/u.exec(statement)?.[1]
  if (table !== undefined)
    return { shard: [shardTable(statement, table, engine)], whole: [distributedTable(table)] }
  const isView =
    statement.startsWith('CREATE MATERIALIZED VIEW ') || / MODIFY QUERY\s/u.test(statement)
  if (isView) return { shard: [statement.replaceAll('whodid.', 'whodid_shard.')], whole: [] }
  if (statement.startsWith('CREATE OR REPLACE VIEW ')) return { shard: [], whole: [statement] }
  if (statement.endsWith(' DROP CONSTRAINT IF EXISTS schema_is_whole'))
    return { shard: [], whole: [] }
  throw new Error(`migration "${name}" has no form for a cluster`)
}

/** The migrations keep the reasons. */
function withoutComments(sql: string): string {
  return sql.replaceAll(/^[ \t]*--.*\n/gmu, '').trim()
}

function shardTable(statement: string, table: string, engine: ShardEngine): string {
  // A replica that is made later must find the table as the others have it by then, without the constraint.
  const local = statement
    .replace('whodid.', 'whodid_shard.')
    .replace(/^[ \t]*CONSTRAINT schema_is_whole .*\n/mu, '')
  if (engine === 'MergeTree') return local
  const replicated = `ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/whodid/${table}', '{replica}')`
  return local
    .replace('\nENGINE = MergeTree\n', `\n${replicated}\n`)
    .replace('non_replicated_deduplication_window', 'replicated_deduplication_window')
}

function distributedTable(table: string): string {
  const key = shardKeys[table]
  if (key === undefined) throw new Error(`the table whodid.${table} has no shard key`)
  return `CREATE TABLE IF NOT EXISTS whodid.${table} AS whodid_shard.${table}
ENGINE = Distributed('whodid', 'whodid_shard', '${table}', ${key})`
}
