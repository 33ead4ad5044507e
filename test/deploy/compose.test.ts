import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../tidy/source.ts'
import { productVariables, treeOf, yamlFile } from './deploy-files.ts'

const compose = yamlFile('deploy/compose/compose.yaml')
const serviceNames = ['whodid', 'clickhouse', 'grafana', 'agent'] as const
const users = ['WRITER', 'RECORDER', 'READER', 'VERIFIER', 'ERASER', 'PRUNER', 'MIGRATOR']
const scratch = mkdtempSync(join(tmpdir(), 'whodid-compose-'))

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : []
const keysOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : []

describe('compose.yaml', () => {
  it('has the services, each pinned by version and kept from more rights', () => {
    expect(keysOf(compose.at('services'))).toEqual(serviceNames)
    for (const name of serviceNames) {
      expect(compose.at('services', name, 'image'), name).toMatch(/:\d+\.\d+/u)
      expect(compose.at('services', name, 'security_opt'), name).toEqual(['no-new-privileges:true'])
    }
    for (const name of ['whodid', 'agent'])
      expect(treeOf(compose.at('services', name)).value).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        tmpfs: ['/tmp'],
      })
  })

  it('mounts only files that there are, read-only, and volumes that it declares', () => {
    const declared = keysOf(compose.at('volumes'))
    for (const name of serviceNames)
      for (const mount of listOf(compose.at('services', name, 'volumes'))) {
        const [from = '', , mode] = mount.split(':')
        if (!from.startsWith('.')) expect(declared, mount).toContain(from)
        else {
          expect(existsSync(join(root, 'deploy/compose', from)), mount).toBe(true)
          expect(mode, mount).toBe('ro')
        }
      }
  })

  it('publishes on loopback only, and Whodid on the ports of the contract', () => {
    expect(compose.at('services', 'whodid', 'ports')).toEqual([
      '127.0.0.1:4320:4320',
      '127.0.0.1:4318:4318',
      '127.0.0.1:4317:4317',
    ])
    const all = serviceNames.flatMap((name) => listOf(compose.at('services', name, 'ports')))
    expect(all.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    expect(compose.at('services', 'clickhouse', 'ports')).toBeUndefined()
  })

  it('gives Whodid every password of its users, and ClickHouse the same', () => {
    const names = users.map((user) => `WHODID_CLICKHOUSE_${user}_PASSWORD`)
    for (const name of names) {
      expect(productVariables).toContain(name)
      const given = compose.at('services', 'whodid', 'environment', name)
      expect(given).toBe(`\${${name}:?run make-env.sh}`)
      expect(compose.at('services', 'clickhouse', 'environment', name)).toBe(given)
    }
    const known = keysOf(compose.at('services', 'whodid', 'environment'))
    expect(known.filter((name) => !productVariables.has(name))).toEqual([])
  })

  it('waits at a stop for longer than Whodid drains', () => {
    expect(compose.at('services', 'whodid', 'stop_grace_period')).toBe('30s')
  })
})

describe('the data source of compose', () => {
  it('is the one of the product, without TLS', () => {
    const product = yamlFile('dashboards/provisioning/datasources/whodid.yaml')
    const own = yamlFile('deploy/compose/grafana-datasource.yaml')
    expect(product.at('datasources', 0, 'jsonData', 'secure')).toBe(true)
    const plain = structuredClone(product.value)
    Object.assign(treeOf(plain).at('datasources', 0, 'jsonData') ?? {}, { secure: false })
    expect(own.value).toEqual(plain)
  })

  it('finds its dashboards where they are mounted', () => {
    const path = yamlFile('dashboards/provisioning/dashboards/whodid.yaml').at(
      'providers',
      0,
      'options',
      'path',
    )
    expect(listOf(compose.at('services', 'grafana', 'volumes'))).toContain(
      `../../dashboards/json:${String(path)}:ro`,
    )
  })
})

describe('the scripts of compose', () => {
  const run = (script: string, env: Readonly<Record<string, string>>): string =>
    execFileSync('bash', [join(root, 'deploy/compose', script)], {
      encoding: 'utf8',
      env: { PATH: `${scratch}:${process.env['PATH'] ?? ''}`, ...env },
    })

  it('make a password for each name that compose.yaml demands', () => {
    const made = run('make-env.sh', {}).trim().split('\n')
    const demanded = readFileSync(join(root, 'deploy/compose/compose.yaml'), 'utf8').matchAll(
      /\$\{([A-Z_]+):\?/gu,
    )
    const names = [...new Set([...demanded].map((match) => match[1] ?? ''))]
    expect(made.map((line) => line.split('=')[0] ?? '').toSorted()).toEqual(names.toSorted())
    for (const line of made) expect(line).toMatch(/^[A-Z_]+=[0-9a-f]{48}$/u)
    expect(new Set(made.map((line) => line.split('=')[1])).size).toBe(made.length)
  })

  it('fill in each hash of the users, and of Grafana’s', () => {
    // It stands in for the client alone: what it is given is the SQL that a server would get.
    writeFileSync(join(scratch, 'clickhouse-client'), '#!/bin/sh\necho "-- $*"\ncat\n')
    chmodSync(join(scratch, 'clickhouse-client'), 0o755)
    const sql = run('clickhouse-users.sh', {
      CLICKHOUSE_USER: 'operator',
      CLICKHOUSE_PASSWORD: 'admin-password',
      WHODID_SQL_DIR: join(root, 'clickhouse'),
      WHODID_GRAFANA_USER: 'whodid_grafana_compose',
      WHODID_GRAFANA_PASSWORD: 'of-grafana',
      WHODID_GRAFANA_TENANT: 'default',
      ...Object.fromEntries(users.map((user) => [`WHODID_CLICKHOUSE_${user}_PASSWORD`, user])),
    })
    const statements = sql.split('\n').filter((line) => !line.startsWith('--'))
    expect(statements.filter((line) => /<[^>]*>/u.test(line))).toEqual([])
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
    for (const user of users)
      expect(sql).toContain(
        `CREATE USER IF NOT EXISTS whodid_${user.toLowerCase()} IDENTIFIED WITH sha256_hash BY '${sha256(user)}'`,
      )
    expect(sql).toContain(
      `CREATE USER IF NOT EXISTS whodid_grafana_compose IDENTIFIED WITH sha256_hash BY '${sha256('of-grafana')}'`,
    )
    expect(sql).toContain("tenant IN ('default', 'whodid.system')")
  })
})
