/** The users of the ledger: each can do its own part and nothing else. */
export type EngineUser =
  'writer' | 'reader' | 'migrator' | 'recorder' | 'verifier' | 'eraser' | 'pruner'

/** One `GRANT <privileges> ON <object>`. */
export interface Grant {
  readonly privileges: string
  readonly on: string
}

/** A setting a user starts with, and whether a read-only session may change it. */
export interface ProfileSetting {
  readonly name: string
  readonly value: string | number
  readonly changeable?: boolean
  /** Highest value the user may set. */
  readonly max?: number
}

/** The rights of one user: the single source of `users.xml` and of `clickhouse/users.sql`. */
export interface UserRights {
  readonly username: string
  readonly purpose: string
  readonly grants: readonly Grant[]
  readonly settings: readonly ProfileSetting[]
  /** Row filter by table of `whodid`. */
  readonly rowFilters: Readonly<Record<string, string>>
}

/**
 * The setting that carries the tenant of a statement; the reader's row policies compare it with the column `tenant`.
 *
 * A built-in text setting, because the embedded engine registers no prefix for custom ones. It also stands in
 * `system.query_log`, which so tells for which tenant each statement ran.
 */
export const tenantSetting = 'log_comment'

/** The tenant of a statement that names none. */
export const tenantDefault = 'default'

const tenantFilter = `tenant = getSetting('${tenantSetting}')`

const verifierMemoryBytesMax = 1_500_000_000
const readerMemoryBytesMax = 1_000_000_000
const readerTimeSeconds = 30
const readerTimeSecondsMax = 120
const readerRowsReadMax = 2_000_000_000
const readerRowsResultMax = 1_000_000
const readerSetRowsMax = 200_000
const readerBufferBytes = 4_194_304
const readerBytesResultMax = 268_435_456
const readerQueriesMax = 64

/** On a cluster an insert ends when the shards have it, not when the node has queued it for them. */
const insertIsStored: ProfileSetting = { name: 'distributed_foreground_insert', value: 1 }

/**
 * The rights of each user. No user may UPDATE, TRUNCATE, drop a table or a column, or change a table's TTL. The eraser may
 * delete text and the pruner records. No other user may delete anything, and neither may the migrator.
 *
 * The reader's tables are listed one by one: a materialized view shows the rows of its target past the target's row
 * policy, so `SELECT ON whodid.*` would open every tenant. A new table or view of the read path is added here; views are
 * `SQL SECURITY INVOKER` and named `who_did…` or `v_…`.
 */
export const userRights: Readonly<Record<EngineUser, UserRights>> = {
  writer: {
    username: 'whodid_writer',
    purpose: 'appends spans and their text',
    grants: [
      { privileges: 'INSERT', on: 'whodid.spans' },
      { privileges: 'INSERT', on: 'whodid.contents' },
    ],
    settings: [{ name: 'log_queries', value: 0 }, insertIsStored],
    rowFilters: {},
  },
  recorder: {
    username: 'whodid_recorder',
    purpose: 'records who read what, what they noted of it, the names of people, and findings',
    grants: [
      { privileges: 'INSERT', on: 'whodid.reads' },
      { privileges: 'INSERT', on: 'whodid.case_entries' },
      { privileges: 'INSERT', on: 'whodid.people' },
      { privileges: 'INSERT', on: 'whodid.findings' },
      { privileges: 'INSERT', on: 'whodid.finding_triage' },
      { privileges: 'INSERT', on: 'whodid.detection_runs' },
      { privileges: 'INSERT', on: 'whodid.finding_responses' },
    ],
    settings: [{ name: 'log_queries', value: 0 }, insertIsStored],
    rowFilters: {},
  },
  reader: {
    username: 'whodid_reader',
    purpose: 'asks, within bounds',
    grants: [
      { privileges: 'SELECT', on: 'whodid.spans' },
      { privileges: 'SELECT', on: 'whodid.actions' },
      { privileges: 'SELECT', on: 'whodid.acts' },
      { privileges: 'SELECT', on: 'whodid.threads' },
      { privileges: 'SELECT', on: 'whodid.contents' },
      { privileges: 'SELECT', on: 'whodid.reads' },
      { privileges: 'SELECT', on: 'whodid.case_entries' },
      { privileges: 'SELECT', on: 'whodid.people' },
      { privileges: 'SELECT', on: 'whodid.findings' },
      { privileges: 'SELECT', on: 'whodid.finding_triage' },
      { privileges: 'SELECT', on: 'whodid.detection_runs' },
      { privileges: 'SELECT', on: 'whodid.finding_responses' },
      { privileges: 'SELECT', on: 'whodid.migrations' },
      { privileges: 'SELECT', on: 'whodid.who_did*' },
      { privileges: 'SELECT', on: 'whodid.v_*' },
    ],
    settings: [
      { name: 'readonly', value: 1 },
      // On a cluster the tables are Distributed: a subquery is asked once of all shards, and each shard is sent its result.
      { name: 'distributed_product_mode', value: 'global' },
      {
        name: 'max_execution_time',
        value: readerTimeSeconds,
        changeable: true,
        max: readerTimeSecondsMax,
      },
      { name: 'max_memory_usage', value: readerMemoryBytesMax },
      { name: 'max_rows_to_read', value: readerRowsReadMax },
      // The narrower bound that a statement sets itself, such as a detection's; 0 is none beside the one above.
      { name: 'max_rows_to_read_leaf', value: 0, changeable: true },
      { name: 'max_result_rows', value: readerRowsResultMax },
      // A name in more traces than this is asked about with a range: an answer from some of them would be a guess.
      { name: 'max_rows_in_set', value: readerSetRowsMax },
      { name: 'set_overflow_mode', value: 'throw' },
      // An answer that is held back until it is whole waits in memory; on disk it costs every question a file.
      { name: 'http_response_buffer_size', value: readerBufferBytes },
      { name: 'max_result_bytes', value: readerBytesResultMax },
      { name: 'max_concurrent_queries_for_user', value: readerQueriesMax },
      { name: tenantSetting, value: tenantDefault, changeable: true },
      { name: 'output_format_json_quote_64bit_integers', value: 1, changeable: true },
      { name: 'date_time_output_format', value: 'simple', changeable: true },
      { name: 'use_query_condition_cache', value: 1, changeable: true },
      // A point read wants few rows, on one core: what these say by default is for long reads.
      { name: 'max_threads', value: 0, changeable: true },
      { name: 'max_block_size', value: 65_409, changeable: true },
      // Analysing each AND over a record of fifty fields costs 5 ms with it, and it finds nothing there to simplify.
      { name: 'optimize_and_compare_chain', value: 0, changeable: true },
      // Grafana's ad-hoc filters; they can only narrow what the policies leave.
      { name: 'additional_table_filters', value: '{}', changeable: true },
    ],
    rowFilters: {
      spans: tenantFilter,
      actions: tenantFilter,
      acts: tenantFilter,
      threads: tenantFilter,
      contents: tenantFilter,
      reads: tenantFilter,
      case_entries: tenantFilter,
      people: tenantFilter,
      findings: tenantFilter,
      finding_triage: tenantFilter,
      detection_runs: tenantFilter,
      finding_responses: tenantFilter,
    },
  },
  eraser: {
    username: 'whodid_eraser',
    purpose: 'deletes text, and nothing else',
    grants: [
      { privileges: 'SELECT(tenant, ref, received_at), ALTER DELETE', on: 'whodid.contents' },
      { privileges: 'SELECT(tenant, delegator_id, instance_id)', on: 'whodid.spans' },
    ],
    settings: [],
    rowFilters: { spans: '1', contents: '1' },
  },
  pruner: {
    username: 'whodid_pruner',
    purpose: 'drops whole months of records once that is on record',
    // ClickHouse knows no right to drop a partition that is not the right to delete: rows it removed are those missing from the log.
    grants: [
      { privileges: 'SELECT(log_id, log_index, received_at), ALTER DELETE', on: 'whodid.spans' },
      { privileges: 'ALTER DELETE', on: 'whodid.actions' },
      { privileges: 'ALTER DELETE', on: 'whodid.acts' },
      { privileges: 'ALTER DELETE', on: 'whodid.threads' },
      { privileges: 'ALTER DELETE', on: 'whodid.contents' },
      { privileges: 'SELECT', on: 'system.parts' },
      { privileges: 'SHOW TABLES', on: 'whodid.*' },
    ],
    settings: [],
    rowFilters: { spans: '1' },
  },
  verifier: {
    username: 'whodid_verifier',
    purpose: 'recomputes every row, of every tenant, and what is made of it, and sees nothing else',
    grants: [
      { privileges: 'SELECT', on: 'whodid.spans' },
      { privileges: 'SELECT', on: 'whodid.actions' },
      { privileges: 'SELECT', on: 'whodid.acts' },
      { privileges: 'SELECT', on: 'whodid.threads' },
      { privileges: 'SELECT', on: 'whodid.contents' },
      { privileges: 'SELECT', on: 'whodid.v_spans' },
    ],
    settings: [
      { name: 'readonly', value: 1 },
      { name: 'max_memory_usage', value: verifierMemoryBytesMax },
      { name: 'max_threads', value: 0, changeable: true },
      { name: 'max_block_size', value: 16_384, changeable: true },
      // Rows computed from the records are grouped in storage order, and on the disk when they exceed memory.
      { name: 'optimize_aggregation_in_order', value: 1 },
      { name: 'max_bytes_before_external_group_by', value: verifierMemoryBytesMax / 3 },
    ],
    rowFilters: { spans: '1', actions: '1', acts: '1', threads: '1', contents: '1' },
  },
  migrator: {
    username: 'whodid_migrator',
    purpose: 'creates and changes the schema',
    grants: [
      { privileges: 'SELECT, INSERT, SHOW', on: 'whodid.*' },
      { privileges: 'CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW', on: 'whodid.*' },
      {
        privileges:
          'ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER COMMENT COLUMN, ALTER MATERIALIZE COLUMN',
        on: 'whodid.*',
      },
      {
        privileges:
          'ALTER INDEX, ALTER PROJECTION, ALTER CONSTRAINT, ALTER SETTINGS, ALTER VIEW, OPTIMIZE',
        on: 'whodid.*',
      },
      // The name under which CREATE OR REPLACE VIEW holds the view it replaces.
      { privileges: 'DROP TABLE', on: 'whodid._tmp_replace_*' },
      { privileges: 'TABLE ENGINE', on: 'MergeTree' },
      { privileges: 'TABLE ENGINE', on: 'ReplicatedMergeTree' },
      { privileges: 'TABLE ENGINE', on: 'Distributed' },
      ...[
        'server_settings',
        'parts',
        'parts_columns',
        'mutations',
        'merges',
        'metrics',
        'events',
        'asynchronous_metrics',
        'disks',
        'errors',
        'query_log',
      ].map((table) => ({ privileges: 'SELECT', on: `system.${table}` })),
    ],
    settings: [],
    rowFilters: {
      spans: '1',
      actions: '1',
      acts: '1',
      contents: '1',
      threads: '1',
      reads: '1',
      case_entries: '1',
      people: '1',
      findings: '1',
      finding_triage: '1',
      detection_runs: '1',
      finding_responses: '1',
    },
  },
}

/** The ledger's databases on a node of a cluster: the one that questions read, and the shard's own tables under it. */
export const ledgerDatabases: readonly string[] = ['whodid', 'whodid_shard']

/** A user's grants, with those on `whodid` given on each of `databases`. */
export function grantsIn(user: UserRights, databases: readonly string[]): Grant[] {
  return user.grants.flatMap(({ privileges, on }) =>
    on.startsWith('whodid.')
      ? databases.map((database) => ({ privileges, on: on.replace('whodid.', `${database}.`) }))
      : [{ privileges, on }],
  )
}

/** Makes something for each user. */
export function forEachUser<Made>(
  make: (user: EngineUser) => Made,
): Readonly<Record<EngineUser, Made>> {
  return {
    writer: make('writer'),
    recorder: make('recorder'),
    reader: make('reader'),
    verifier: make('verifier'),
    eraser: make('eraser'),
    pruner: make('pruner'),
    migrator: make('migrator'),
  }
}
