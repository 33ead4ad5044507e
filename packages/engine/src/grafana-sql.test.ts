import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { grafanaSql } from './grafana-sql.ts'
import { ledgerDatabases } from './grants.ts'

const granted = 'spans actions threads findings finding_triage finding_responses'.split(' ')
const path = fileURLToPath(new URL('../../../clickhouse/grafana/user.sql', import.meta.url))

test('clickhouse/grafana/user.sql is what the rights make: run with -u to write it', async () => {
  await expect(grafanaSql()).toMatchFileSnapshot(path)
})

test('clickhouse/cluster/grafana-user.sql gives a shard’s own tables the same policies', async () => {
  const cluster = fileURLToPath(
    new URL('../../../clickhouse/cluster/grafana-user.sql', import.meta.url),
  )
  await expect(grafanaSql(ledgerDatabases)).toMatchFileSnapshot(cluster)
  for (const table of granted)
    for (const database of ledgerDatabases)
      expect(grafanaSql(ledgerDatabases)).toContain(` ON ${database}.${table} FOR SELECT USING `)
})

test('the tenant is in the policy of every table that is granted, and in no setting', () => {
  const lines = grafanaSql().split('\n')
  const tables = lines.flatMap(
    (line) => /^GRANT SELECT ON whodid\.([a-z_]+) /u.exec(line)?.[1] ?? [],
  )
  expect(tables).toEqual(granted)
  for (const table of tables)
    expect(lines).toContain(
      `CREATE ROW POLICY IF NOT EXISTS whodid_grafana_<name> ON whodid.${table} FOR SELECT USING tenant IN ('<tenant>', 'whodid.system') TO whodid_grafana_<name>;`,
    )
  const profile = lines.find((line) => line.startsWith('CREATE SETTINGS PROFILE')) ?? ''
  expect(profile).toContain('readonly = 1')
  const changeable = [...profile.matchAll(/(\w+) = [^,]*CHANGEABLE_IN_READONLY/gu)]
  expect(changeable.map(([, name]) => name)).toEqual([
    'max_execution_time',
    'additional_table_filters',
  ])
})
