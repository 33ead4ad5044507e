import { expect, test } from 'vitest'
import { derivedTables, readDerivedViews } from './derived-views.ts'
import { readMigrations } from './migrate.ts'
import type { Migration } from './migrate.ts'

const migration = (sql: string): Migration => ({ number: 0, name: '', checksum: '', sql })

test('each table’s view is found in the migrations, as a statement that reads the records', async () => {
  const views = await readDerivedViews()
  for (const table of derivedTables) {
    expect(views[table].length).toBeGreaterThanOrEqual(1)
    for (const version of views[table]) {
      expect(version).toMatch(/^(?:WITH|SELECT)\b/u)
      expect(version).toContain('whodid.spans')
      expect(version).not.toContain('--')
    }
  }
})

test('a view that was changed has its versions, the newest first', async () => {
  const made = await readMigrations()
  const changed = 'SELECT tenant, ts FROM whodid.spans'
  const again = 'SELECT tenant FROM whodid.spans'
  const views = await readDerivedViews([
    ...made,
    migration(`-- Why.\nALTER TABLE whodid.actions_of_spans MODIFY QUERY ${changed}`),
    migration(`ALTER TABLE whodid.somebodys_view MODIFY QUERY SELECT 1`),
    migration(
      `CREATE MATERIALIZED VIEW IF NOT EXISTS whodid.actions_again TO whodid.actions\nAS ${again}`,
    ),
  ])
  const before = await readDerivedViews(made)
  expect(views.actions).toEqual([again, changed, ...before.actions])
  expect(views.threads).toEqual(before.threads)
})

test('a table that no migration fills is an own bug', async () => {
  await expect(readDerivedViews([])).rejects.toThrow('no migration fills whodid.actions')
})
