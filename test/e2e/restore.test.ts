import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// docs/howto/backup.md, as somebody follows it whose disk has died: the data directory comes from a backup, the keys have a
// disk of their own and are newer.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
let root: string
let running: WhodidProcess | undefined

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'whodid-restore-'))
})

afterAll(async () => {
  await running?.stop()
  await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

const at = (name: string): string => join(root, name)

/** Starts Whodid on a data directory, sends one act and waits until an answer tells it; gives the running service. */
async function serveAndSend(dataDir: string, resource: string): Promise<WhodidProcess> {
  running = await startWhodidProcess({ dataDir, environment: { WHODID_KEYS_DIR: at('keys') } })
  await sendSpans(running, resource, [
    { ...toolCall('delete', resource), 'gen_ai.agent.id': 'db-fixer' },
  ])
  return running
}

async function stop(): Promise<void> {
  expect(await running?.stop()).toBe(0)
  running = undefined
}

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(...args: readonly string[]): Promise<Ran> {
  return runWith({}, ...args)
}

function runWith(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'],
    WHODID_DATA_DIR: at('restored'),
    WHODID_KEYS_DIR: at('keys'),
    WHODID_API_PORT: '0',
    WHODID_OTLP_HTTP_PORT: '0',
    WHODID_OTLP_GRPC_PORT: '0',
    ...environment,
  }
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env, timeout: 12_000 },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })
}

/** The name of the only log of a data directory, and the newest checkpoint of it: name, size and root, one a line. */
async function checkpointOf(dataDir: string): Promise<{ note: string; size: number }> {
  const [name = ''] = await readdir(join(dataDir, 'tlog'))
  const note = await readFile(join(dataDir, 'tlog', name, 'checkpoint'), 'utf8')
  return { note, size: Number(note.split('\n')[1]) }
}

test('a restored ledger says what it lost, and takes records again under a new log', async () => {
  await serveAndSend(at('data'), 'db:row:drill/kept/1')
  await stop()
  await cp(at('data'), at('backup'), { recursive: true })
  const backedUp = await checkpointOf(at('backup'))
  await serveAndSend(at('data'), 'db:row:drill/lost/1')
  await stop()
  const lost = await checkpointOf(at('data'))
  await writeFile(at('anchor'), lost.note)
  expect(lost.size).toBeGreaterThan(backedUp.size)

  // The disk dies. What the backup holds is whole, and it is older than what the log has signed.
  await rm(at('data'), { recursive: true })
  await cp(at('backup'), at('restored'), { recursive: true })
  await cp(at('backup'), at('tried'), { recursive: true })
  const environment = { WHODID_KEYS_DIR: at('keys') }
  const tried = await startWhodidProcess({
    dataDir: at('tried'),
    environment,
    awaitsReady: false,
  })
  running = tried
  const readiness = async (): Promise<string> => (await tried.get('/readyz')).text()
  await expect
    .poll(readiness)
    .toContain(
      `it has ${backedUp.size} leaves, and its key has signed ${lost.size}: it was put back`,
    )
  await stop()

  // Its own keys know what they have signed, and the anchor says the same: it is told once.
  const rolledBack = {
    code: 'rolled_back',
    log: lost.note.split('\n', 1).join(''),
    text: `the log expected at least the ${lost.size} leaves it has signed before; got ${backedUp.size}`,
    lost: { from: backedUp.size, to: lost.size },
  }
  const before = await run('verify', '--json', '--anchor', at('anchor'))
  expect(before.code).toBe(30)
  expect(findingsOf(before)).toEqual([rolledBack])

  await rename(join(at('restored'), 'log'), at('log-before-restore'))
  const whodid = await serveAndSend(at('restored'), 'db:row:drill/after/1')
  await expect.poll(() => sealOf(whodid, 'after')).toBe('sealed')
  expect(await sealOf(whodid, 'kept')).toBe('sealed')
  const { reasons } = await whodid.whoDid('db:row:drill/lost/1')
  expect(reasons.map(({ code }) => code)).toEqual(['no_record'])
  expect(await readdir(join(at('restored'), 'tlog'))).toHaveLength(2)
  const after = await run('verify', '--json', '--anchor', at('anchor'))
  expect(after.code).toBe(30)
  expect(findingsOf(after)).toEqual([rolledBack])

  // Somebody answers for it: from then on every check says who, and none says that the ledger is whole.
  const by = ['--log', rolledBack.log, '--by', 'Jane Roe', '--reason', 'the disk died']
  const api = { WHODID_API_URL: whodid.apiUrl }
  const accepted = await runWith(api, 'loss', 'accept', ...by)
  expect(accepted.stdout).toContain(`places ${backedUp.size} to ${lost.size - 1} of `)
  const again = await runWith(api, 'loss', 'accept', ...by, '--from', '0', '--to', '1')
  expect(again.stderr).toContain('expected places of which no row is left; 1 of 1 are there')
  const checked = async (): Promise<unknown> => (await whodid.get('/v1/integrity')).json()
  const loss = { accepted_by: 'Jane Roe', requested_by: 'admin', reason: 'the disk died' }
  await expect
    .poll(checked, { timeout: 180_000, interval: 1_000 })
    .toMatchObject({ check: { state: 'loss_accepted', findings: [], accepted_losses: [loss] } })
  const { integrity } = await whodid.whoDid('db:row:drill/kept/1')
  expect(integrity).toMatchObject({ state: 'sealed', check: { state: 'loss_accepted' } })
  const told = await runWith(api, 'ask', 'db:row:drill/lost/1')
  expect(told.stdout).toContain('records are lost, and the loss was accepted')
  expect(told.stdout).toContain('accepted by Jane Roe on ')
  await stop()

  const settled = await run('verify', '--anchor', at('anchor'))
  expect(settled.code).toBe(5)
  expect(settled.stdout).toContain('loss_accepted  ')
  expect(settled.stdout).toContain('THE LEDGER IS NOT WHOLE')
})

function findingsOf({ stdout }: Ran): unknown {
  const verified: unknown = JSON.parse(stdout)
  return typeof verified === 'object' && verified !== null
    ? Reflect.get(verified, 'findings')
    : undefined
}

async function sealOf(whodid: WhodidProcess, act: string): Promise<string> {
  return (await whodid.whoDid(`db:row:drill/${act}/1`)).integrity.state
}
