import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEngine } from '@whodid/engine'
import type { Engine, EngineUser } from '@whodid/engine'

let dataDir = ''
let engine: Engine

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-engine-'))
  engine = await startEngine({ dataDir })
  for (const statement of [
    'CREATE DATABASE whodid',
    'CREATE TABLE whodid.spans (tenant String, n Int64) ENGINE = MergeTree ORDER BY n',
    'CREATE TABLE whodid.actions (tenant String, n Int64) ENGINE = MergeTree ORDER BY n',
    'CREATE TABLE whodid.reads (tenant String, n Int64) ENGINE = MergeTree ORDER BY n',
    `CREATE MATERIALIZED VIEW whodid.actions_of_spans TO whodid.actions DEFINER = CURRENT_USER SQL SECURITY DEFINER
     AS SELECT * FROM whodid.spans`,
    'CREATE VIEW whodid.who_did SQL SECURITY INVOKER AS SELECT * FROM whodid.actions WHERE n = {n:Int64}',
  ]) {
    expect(await ask('migrator', statement)).toEqual({ status: 200, text: '' })
  }
  expect(
    await ask('writer', "INSERT INTO whodid.spans VALUES ('default', 1), ('other', 2)", {
      async_insert: '0',
      insert_deduplication_token: 'one',
    }),
  ).toEqual({ status: 200, text: '' })
})

afterAll(async () => {
  await engine.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('a wrong password and an unknown user are refused', async () => {
  const wrong = { username: engine.users.reader.username, password: 'x' }
  expect((await askAs(wrong, 'SELECT 1')).text).toMatch(/^Code: 516\b.*AUTHENTICATION_FAILED/su)
  const unknown = { username: 'nobody', password: 'x' }
  expect((await askAs(unknown, 'SELECT 1')).text).toMatch(/^Code: 516\b/u)
})

test.each(['SELECT 1', 'SYSTEM STOP LISTEN HTTP'])(
  'the user that opens the port serves nobody else: %s',
  async (statement) => {
    for (const parameters of [{}, { max_sessions_for_user: '9' }, { session_id: 'a' }]) {
      const answer = await askAs({ username: 'default', password: '' }, statement, parameters)
      expect(answer.text).toMatch(/USER_SESSION_LIMIT_EXCEEDED/u)
    }
  },
)

const notAllowed = /ACCESS_DENIED|READONLY/u
const changes = [
  'INSERT INTO whodid.actions VALUES (1, 1)',
  'ALTER TABLE whodid.spans UPDATE n = 0 WHERE 1',
  'ALTER TABLE whodid.spans DELETE WHERE 1',
  'DELETE FROM whodid.spans WHERE 1',
  "ALTER TABLE whodid.spans DROP PARTITION ID 'all'",
  'ALTER TABLE whodid.spans ADD COLUMN m Int64',
  'ALTER TABLE whodid.spans DROP COLUMN n',
  'ALTER TABLE whodid.spans MODIFY TTL toDate(0)',
  'TRUNCATE TABLE whodid.spans',
  'DROP TABLE whodid.spans',
  'DETACH TABLE whodid.spans',
  'RENAME TABLE whodid.spans TO whodid.gone',
  'EXCHANGE TABLES whodid.spans AND whodid.actions',
  'CREATE OR REPLACE TABLE whodid.spans (n Int64) ENGINE = MergeTree ORDER BY n',
  'DROP DATABASE whodid',
  'CREATE TABLE whodid.more (n Int64) ENGINE = MergeTree ORDER BY n',
  'CREATE DATABASE other',
  "CREATE USER intruder IDENTIFIED BY 'x'",
  'SYSTEM STOP LISTEN HTTP',
  'SYSTEM FLUSH LOGS',
  "SELECT * FROM url('http://127.0.0.1:1', 'CSV', 'a Int64')",
  "SELECT * FROM file('/etc/hostname', 'LineAsString')",
  'SELECT count() FROM system.users',
  'SELECT count() FROM system.processes',
]

test.each(changes)('writer, recorder and reader may not: %s', async (statement) => {
  for (const user of ['writer', 'recorder', 'reader'] as const) {
    expect([user, (await ask(user, statement)).text]).toEqual([
      user,
      expect.stringMatching(notAllowed),
    ])
  }
})

const migratorMay = new Set([
  'INSERT INTO whodid.actions VALUES (1, 1)',
  'ALTER TABLE whodid.spans ADD COLUMN m Int64',
  'CREATE TABLE whodid.more (n Int64) ENGINE = MergeTree ORDER BY n',
])

test.each(changes.filter((statement) => !migratorMay.has(statement)))(
  'migrator may not: %s',
  async (statement) => {
    expect((await ask('migrator', statement)).text).toMatch(notAllowed)
  },
)

test('writer and recorder read nothing, and insert into their own table only', async () => {
  for (const user of ['writer', 'recorder'] as const) {
    for (const table of ['spans', 'actions', 'reads']) {
      expect((await ask(user, `SELECT * FROM whodid.${table}`)).text).toMatch(/ACCESS_DENIED/u)
    }
  }
  const row = "VALUES ('default', 5)"
  expect((await ask('writer', `INSERT INTO whodid.reads ${row}`)).text).toMatch(/ACCESS_DENIED/u)
  expect((await ask('recorder', `INSERT INTO whodid.spans ${row}`)).text).toMatch(/ACCESS_DENIED/u)
  expect(await ask('recorder', `INSERT INTO whodid.reads ${row}`)).toMatchObject({ status: 200 })
})

test.each(['whodid.spans', 'whodid.actions', 'whodid.who_did(n = 2)'])(
  'the reader sees one tenant of %s, by default "default"',
  async (table) => {
    const sql = `SELECT tenant, n FROM ${table} WHERE n = 2`
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await ask('reader', sql)).text).toBe('')
      expect((await ask('reader', sql, { log_comment: 'other' })).text).toBe('other\t2\n')
      expect((await ask('reader', sql, { log_comment: "' OR 1" })).text).toBe('')
    }
  },
)

test('the materialized view, which shows its target past the row policy, is closed to the reader', async () => {
  expect((await ask('reader', 'SELECT count() FROM whodid.actions_of_spans')).text).toMatch(
    /ACCESS_DENIED/u,
  )
})

test('the reader is bounded, and may change only what is listed', async () => {
  const settings = 'SELECT getSetting({s:String})'
  expect((await ask('reader', settings, { param_s: 'max_execution_time' })).text).toBe('30\n')
  expect((await ask('reader', 'SELECT 1', { max_execution_time: '120' })).text).toBe('1\n')
  expect((await ask('reader', 'SELECT 1', { max_execution_time: '121' })).text).toMatch(
    /SETTING_CONSTRAINT/u,
  )
  for (const name of ['max_memory_usage', 'max_rows_to_read', 'max_result_rows', 'readonly']) {
    expect((await ask('reader', 'SELECT 1', { [name]: '0' })).text).toMatch(/READONLY|CONSTRAINT/u)
  }
  const quoted = { output_format_json_quote_64bit_integers: '1' }
  expect((await ask('reader', 'SELECT 1', quoted)).status).toBe(200)
  const much = 'SELECT count() FROM (SELECT number FROM numbers(3000000000))'
  expect((await ask('reader', `${much} WHERE number % 7 = 0`)).text).toMatch(/TOO_MANY_ROWS/u)
  // Held back until it ends, so that the refusal is an answer of its own and not the break of a half one.
  const held = { wait_end_of_query: '1' }
  expect((await ask('reader', 'SELECT number FROM numbers(2000000)', held)).text).toMatch(
    /TOO_MANY_ROWS/u,
  )
})

test('the reader learns what a statement cost', async () => {
  const answer = await fetch(`${engine.url}/?query=SELECT+n+FROM+whodid.spans`, {
    headers: { authorization: authorization(engine.users.reader), connection: 'close' },
  })
  expect(await answer.text()).toBe('1\n')
  const summary: unknown = JSON.parse(answer.headers.get('x-clickhouse-summary') ?? '{}')
  expect(summary).toMatchObject({ read_rows: '2' })
})

test('the migrator may do what migrations need', async () => {
  for (const statement of [
    'ALTER TABLE whodid.spans ADD COLUMN m Int64',
    'ALTER TABLE whodid.spans ADD INDEX bloom n TYPE bloom_filter GRANULARITY 1',
    'ALTER TABLE whodid.spans MATERIALIZE INDEX bloom',
    'ALTER TABLE whodid.actions ADD PROJECTION by_tenant (SELECT * ORDER BY tenant, n)',
    'ALTER TABLE whodid.spans MODIFY SETTING non_replicated_deduplication_window = 1000',
    'CREATE OR REPLACE VIEW whodid.who_did SQL SECURITY INVOKER AS SELECT * FROM whodid.actions WHERE n = {n:Int64}',
    'DROP VIEW whodid.actions_of_spans',
    'CREATE MATERIALIZED VIEW whodid.actions_of_spans TO whodid.actions DEFINER = CURRENT_USER SQL SECURITY DEFINER AS SELECT tenant, n FROM whodid.spans',
    'CREATE TABLE whodid.migrations (name String) ENGINE = MergeTree ORDER BY name',
    "INSERT INTO whodid.migrations VALUES ('0001')",
  ]) {
    expect([statement, await ask('migrator', statement)]).toEqual([
      statement,
      { status: 200, text: '' },
    ])
  }
  expect((await ask('migrator', 'SELECT count() FROM whodid.spans')).text).toBe('2\n')
  expect(
    await ask('writer', "INSERT INTO whodid.spans (tenant, n) VALUES ('third', 3)"),
  ).toMatchObject({ status: 200 })
  const third = await ask('reader', 'SELECT n FROM whodid.who_did(n = 3)', { log_comment: 'third' })
  expect(third.text).toBe('3\n')
})

test.each(['File(CSV)', "URL('http://127.0.0.1:1', 'CSV')", 'Memory'])(
  'the migrator makes no table outside the ledger: %s',
  async (tableEngine) => {
    const statement = `CREATE TABLE whodid.outside (n Int64) ENGINE = ${tableEngine}`
    expect((await ask('migrator', statement)).text).toMatch(/ACCESS_DENIED/u)
  },
)

test("every statement of clickhouse/users.sql is one the engine's own parser takes", async () => {
  const file = await readFile(new URL('../../clickhouse/users.sql', import.meta.url), 'utf8')
  const statements = file
    .replace(/^--.*$/gmu, '')
    .replace(/<sha256 of [^>]*>/gu, 'ab'.repeat(32))
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  expect(statements.length).toBeGreaterThan(20)
  for (const statement of statements) {
    const answer = await ask('reader', 'SELECT formatQuery({q:String})', { param_q: statement })
    expect([statement, answer.status]).toEqual([statement, 200])
  }
})

interface Answer {
  status: number
  text: string
}

function ask(
  user: EngineUser,
  sql: string,
  parameters: Record<string, string> = {},
): Promise<Answer> {
  return askAs(engine.users[user], sql, parameters)
}

async function askAs(
  user: { username: string; password: string },
  sql: string,
  parameters: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(`${engine.url}/?${new URLSearchParams(parameters).toString()}`, {
    method: 'POST',
    headers: { authorization: authorization(user), connection: 'close' },
    body: sql,
  })
  return { status: answer.status, text: await answer.text() }
}

function authorization(user: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`
}
