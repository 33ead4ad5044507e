import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  operatorEnvironment,
  operatorUsers,
  operatorUsersSql,
  passwordVariable,
  startOperatorEngine,
} from '../harness/operator-engine.ts'
import type { OperatorEngine } from '../harness/operator-engine.ts'
import { withoutProgress } from '../harness/run-whodid.ts'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'

// docs/howto/clickhouse.md, as somebody follows it who has a ClickHouse server: the users of clickhouse/users.sql, the
// rest by the built command and its environment.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const resource = 'db:row:shop/customers/42'
const waitMs = { timeout: 120_000, interval: 250 }

let server: OperatorEngine
let dataDir: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-own-'))
  server = await startOperatorEngine(await operatorUsersSql())
})

afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'], WHODID_DATA_DIR: dataDir, ...environment }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, ...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr: withoutProgress(stderr) }),
    )
  })
}

test('a wrong password is refused with a sentence that says which', async () => {
  const wrong = { CLICKHOUSE_URL: server.url, [passwordVariable('migrator')]: 'wrong' }
  const ran = await run(['migrate'], wrong)
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(ran.stderr).toContain('AUTHENTICATION_FAILED')
  expect(ran.stderr).toContain('WHODID_CLICKHOUSE_*_PASSWORD')
  expect(ran.stderr).not.toMatch(/^\s+at /mu)
})

test('all passwords that are missing are named at once', async () => {
  const ran = await run(['serve'], operatorEnvironment(server, operatorUsers.slice(0, 4)))
  expect(ran.code).not.toBe(0)
  for (const user of operatorUsers.slice(4)) expect(ran.stderr).toContain(passwordVariable(user))
})

test('a server of one’s own: users, migrate, serve, a request, who did it, verify', async () => {
  const migrated = await run(['migrate', '--json'], operatorEnvironment(server, ['migrator']))
  expect(migrated).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(migrated.stdout)).toMatchObject({ alreadyApplied: [] })

  const whodid = await startWhodidProcess({ dataDir, environment: operatorEnvironment(server) })
  try {
    expect(whodid.events.find(({ event }) => event === 'migrated')).toMatchObject({ applied: [] })
    await sendSpans(whodid, 'own', [
      { 'whodid.record.kind': 'prompt', 'gen_ai.input.messages': 'Delete the row, please' },
      {
        ...toolCall('delete', resource),
        'gen_ai.agent.id': 'db-fixer',
        'whodid.actor.type': 'agent',
        'whodid.agent.instance.id': 'run-1',
        'whodid.delegator.id': 'dev@acme.example',
        'whodid.delegator.type': 'human',
      },
    ])
    const answer = await whodid.whoDid(resource, ({ verdict }) => verdict !== 'undetermined')
    expect(JSON.stringify(answer)).toContain('dev@acme.example')
    const asked = await run(['ask', resource], { WHODID_API_URL: whodid.apiUrl })
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked.stdout).toContain('dev@acme.example')
    // Only what the verifier may: an auditor is given no other password.
    await vi.waitFor(async () => {
      const verified = await run(['verify', '--json'], operatorEnvironment(server, ['verifier']))
      expect(verified, verified.stderr + verified.stdout).toMatchObject({ code: 0 })
      const { logs } = JSON.parse(verified.stdout) as { logs: { size: number }[] }
      expect(logs[0]?.size).toBeGreaterThanOrEqual(2)
    }, waitMs)
    expect(whodid.events.filter(({ event }) => event === 'warning')).toEqual([])
  } finally {
    expect(await whodid.stop()).toBe(0)
  }
  expect(await server.sql('SELECT count() >= 2 FROM whodid.spans')).toBe('1')
  expect(await server.sql('SELECT count() >= 1 FROM whodid.contents')).toBe('1')
  expect(await server.sql('SELECT count() >= 1 FROM whodid.reads')).toBe('1')

  await server.sql(
    `ALTER TABLE whodid.spans UPDATE delegator_id = 'nobody' WHERE delegator_id != ''`,
  )
  await vi.waitFor(async () => {
    const found = await run(['verify', '--json'], operatorEnvironment(server, ['verifier']))
    expect(found.code, found.stderr).toBe(40)
    expect(found.stdout).toContain('row_mismatch')
  }, waitMs)
})
