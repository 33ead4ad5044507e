import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { clusterStatements } from './cluster-statements.ts'
import { readMigrations } from './migrate.ts'

const preamble = `-- One node of a cluster named whodid: run all of it on every node. Do not edit: npx vitest run --project unit cluster-statements -u
-- makes it of ../*.sql.
`

test('clickhouse/cluster/schema.sql is what the migrations make', async () => {
  const url = new URL('../../../clickhouse/cluster/schema.sql', import.meta.url)
  const statements = clusterStatements(await readMigrations())
  const expected = `${preamble}\n${statements.map((statement) => `${statement};\n`).join('\n')}`
  await expect(expected).toMatchFileSnapshot(fileURLToPath(url))
})

test('every shard table replicates and deduplicates across replicas', async () => {
  const tables = clusterStatements(await readMigrations()).filter((statement) =>
    statement.startsWith('CREATE TABLE IF NOT EXISTS whodid_shard.'),
  )
  expect(tables.length).toBeGreaterThanOrEqual(5)
  for (const table of tables) {
    expect(table).toMatch(/ENGINE = ReplicatedMergeTree\('\S+', '\{replica\}'\)/u)
    expect(table).toMatch(/\breplicated_deduplication_window = \d+/u)
    expect(table).not.toContain('non_replicated')
  }
})

test('nothing can be inserted into before what reads it is there', async () => {
  const statements = clusterStatements(await readMigrations())
  const lastOfShard = statements.findLastIndex((text) => text.includes('MATERIALIZED VIEW'))
  const firstWhole = statements.findIndex((text) => text.includes('ENGINE = Distributed'))
  expect(lastOfShard).toBeGreaterThan(0)
  expect(firstWhole).toBeGreaterThan(lastOfShard)
  expect(statements.join('\n')).not.toContain('schema_is_whole CHECK')
})

test('a migration that has no form for a cluster is not passed over', () => {
  const migration = { number: 1, name: '0001_x.sql', checksum: '' }
  expect(() => clusterStatements([{ ...migration, sql: 'DROP TABLE whodid.spans' }])).toThrow(
    'no form for a cluster',
  )
  const unknown = 'CREATE TABLE IF NOT EXISTS whodid.unknown\n(a String)\nENGINE = MergeTree\n'
  expect(() => clusterStatements([{ ...migration, sql: unknown }])).toThrow('no shard key')
})
