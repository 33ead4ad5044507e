import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { forEachUser, userRights } from './grants.ts'
import { usersSql } from './users-sql.ts'
import { usersXml } from './users-xml.ts'

test('clickhouse/users.sql gives a cluster the rights the embedded engine gives', () => {
  const file = readFileSync(new URL('../../../clickhouse/users.sql', import.meta.url), 'utf8')
  expect(file).toBe(usersSql())
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

test('no user may change or remove what is recorded', () => {
  const privileges = Object.values(userRights).flatMap((user) =>
    user.grants
      .filter((grant) => grant.on !== 'whodid._tmp_replace_*')
      .flatMap((grant) => grant.privileges.split(', ')),
  )
  for (const forbidden of [
    'ALL',
    'ALTER',
    'ALTER UPDATE',
    'ALTER DELETE',
    'ALTER TABLE',
    'ALTER TTL',
  ]) {
    expect(privileges).not.toContain(forbidden)
  }
  for (const forbidden of ['TRUNCATE', 'DROP', 'DROP TABLE', 'DROP DATABASE', 'ALTER COLUMN']) {
    expect(privileges).not.toContain(forbidden)
  }
})
