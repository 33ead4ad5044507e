import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { forEachUser, ledgerDatabases, userRights } from './grants.ts'
import { usersSql } from './users-sql.ts'
import { usersXml } from './users-xml.ts'

test('clickhouse/users.sql gives a cluster the rights the embedded engine gives', () => {
  const file = readFileSync(new URL('../../../clickhouse/users.sql', import.meta.url), 'utf8')
  expect(file).toBe(usersSql())
})

test('clickhouse/cluster/users.sql gives a shard’s own tables the rights and policies of those over them', () => {
  const url = new URL('../../../clickhouse/cluster/users.sql', import.meta.url)
  const file = readFileSync(url, 'utf8')
  expect(file).toBe(usersSql(ledgerDatabases))
  const policies = (text: string): string[] => text.match(/^CREATE ROW POLICY .*$/gmu) ?? []
  const twins = policies(usersSql()).map((policy) => policy.replace(' whodid.', ' whodid_shard.'))
  expect(policies(file).toSorted()).toEqual([...policies(usersSql()), ...twins].toSorted())
})

test('users.xml grants what users.sql grants, and holds no password', () => {
  const xml = usersXml(forEachUser((user) => `p-${user}`))
  const sql = usersSql()
  for (const user of Object.values(userRights)) {
    for (const grant of user.grants) {
      expect(xml).toContain(`<query>GRANT ${grant.privileges} ON ${grant.on}</query>`)
      expect(sql).toContain(`GRANT ${grant.privileges} ON ${grant.on} TO ${user.username};`)
    }
  }
  expect(xml).not.toMatch(/p-[a-z]/u)
})

test('no user may change what is recorded; text is the eraser’s to delete, records the pruner’s', () => {
  const holders = (privilege: string): string[] =>
    Object.entries(userRights).flatMap(([name, user]) =>
      user.grants
        .filter(({ on, privileges }) => {
          const named = privileges.replaceAll(/\([^)]*\)/gu, '').split(', ')
          return on !== 'whodid._tmp_replace_*' && named.includes(privilege)
        })
        .map(({ on }) => `${name} ${on}`),
    )
  for (const forbidden of ['ALL', 'ALTER', 'ALTER UPDATE', 'ALTER TABLE', 'ALTER TTL'])
    expect(holders(forbidden)).toEqual([])
  for (const forbidden of ['TRUNCATE', 'DROP', 'DROP TABLE', 'DROP DATABASE', 'ALTER COLUMN'])
    expect(holders(forbidden)).toEqual([])
  expect(holders('ALTER DELETE')).toEqual([
    'eraser whodid.contents',
    'pruner whodid.spans',
    'pruner whodid.actions',
    'pruner whodid.acts',
    'pruner whodid.threads',
    'pruner whodid.contents',
  ])
})
