import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEngine } from '@whodid/engine'
import type { Engine, EngineOptions } from '@whodid/engine'

let dataDir = ''
const running: Engine[] = []

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "whodid engine & 'quoted' "))
})

afterEach(async () => {
  for (const engine of running.splice(0)) await engine.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function start(options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await startEngine({ dataDir, ...options })
  running.push(engine)
  return engine
}

test('starts, keeps its files to their owner, stops more than once', async () => {
  const engine = await start()
  expect(engine.version).toMatch(/^\d+\.\d+\.\d+/u)
  expect((await stat(join(dataDir, 'engine'))).mode & 0o777).toBe(0o700)
  for (const name of ['credentials.json', 'users.xml', 'config.xml', 'lock', 'log/engine.log']) {
    const path = join(dataDir, 'engine', name)
    expect([name, ((await stat(path)).mode & 0o777).toString(8)]).toEqual([name, '600'])
    if (name === 'credentials.json') continue
    expect(await readFile(path, 'utf8')).not.toContain(engine.users.writer.password)
  }
  const endpointPath = join(dataDir, 'engine', 'endpoint.json')
  expect((await stat(endpointPath)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(await readFile(endpointPath, 'utf8'))).toEqual({
    url: engine.url,
    port: Number(new URL(engine.url).port),
    database: 'whodid',
    username: engine.users.reader.username,
  })
  await Promise.all([engine.stop(), engine.stop()])
  await engine.stop()
  await expect(stat(endpointPath)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await engine.exited).toBe(
    `the engine (process ${engine.processId}) ended with exit code 0`,
  )
  expect(isAlive(engine.processId)).toBe(false)
})

test('data and passwords survive a stop and a start', async () => {
  const first = await start()
  await ask(first, 'CREATE DATABASE whodid')
  await ask(first, 'CREATE TABLE whodid.spans (n Int64) ENGINE = MergeTree ORDER BY n')
  await ask(first, 'INSERT INTO whodid.spans VALUES (42)')
  await first.stop()
  const second = await start()
  expect(second.users).toEqual(first.users)
  expect(await ask(second, 'SELECT n FROM whodid.spans')).toBe('42\n')
})

test('a second start on the directory is refused and names the holder; the first goes on', async () => {
  const engine = await start()
  await expect(startEngine({ dataDir })).rejects.toMatchObject({
    code: 'engine_in_use',
    message: `the data directory is in use by the engine with process ID ${engine.processId}; one engine at a time may hold it`,
  })
  expect(await ask(engine, 'SELECT 1')).toBe('1\n')
})

test('a killed engine says so, and leaves no lock behind', async () => {
  const engine = await start()
  process.kill(engine.processId, 'SIGKILL')
  expect(await engine.exited).toContain('signal SIGKILL')
  await engine.stop()
  expect(await ask(await start(), 'SELECT 1')).toBe('1\n')
})

test('a killed parent takes the engine along, and a start right after it comes up', async () => {
  const parent = await spawnParent()
  const busy = fetch(`${parent.url}/?function_sleep_max_microseconds_per_block=0`, {
    method: 'POST',
    headers: { authorization: authorization(parent) },
    body: 'SELECT sum(sleepEachRow(1)) FROM numbers(600) SETTINGS max_block_size = 1',
  })
    .then((answer) => answer.text())
    .catch(() => 'cut off')
  await delay(100)
  parent.kill()
  const engine = await start()
  await expect.poll(() => isAlive(parent.engine)).toBe(false)
  expect(engine.users.migrator.password).toBe(parent.password)
  await busy
})

test("the memory cap is the engine's own, and holds", async () => {
  const engine = await start({ memoryBytesMax: 536_870_912 })
  const cap = "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'"
  expect(await ask(engine, cap)).toBe('536870912\n')
  const greedy = 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)'
  expect(await ask(engine, `${greedy} SETTINGS max_memory_usage = 0`)).toMatch(
    /MEMORY_LIMIT_EXCEEDED/u,
  )
  expect(await ask(engine, 'SELECT 1')).toBe('1\n')
})

test.skipIf(process.platform !== 'linux')('listens on 127.0.0.1 and nowhere else', async () => {
  const engine = await start()
  const inodes = new Set(await socketInodes(engine.processId))
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${engine.processId}/net/${table}`, 'utf8')),
  )
  const listening = tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/u))
    .filter((columns) => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
    .map((columns) => columns[1])
  const port = Number(new URL(engine.url).port).toString(16).toUpperCase().padStart(4, '0')
  expect(listening).toEqual([`0100007F:${port}`])
})

test('its own tables are a short query log and no other', async () => {
  const engine = await start()
  await ask(engine, 'SELECT 1')
  await engine.stop()
  const tables = await readdir(join(dataDir, 'engine', 'data', 'data', 'system'))
  expect(tables).toEqual(['query_log'])
  const config = await readFile(join(dataDir, 'engine', 'config.xml'), 'utf8')
  expect(config).toContain('INTERVAL 3 DAY DELETE')
})

test('each run has a query log, and that of the run before lies beside it', async () => {
  const data = join(dataDir, 'engine', 'data')
  for (let run = 0; run < 3; run += 1) {
    const engine = await start()
    await ask(engine, `SELECT ${run}`)
    await engine.stop()
    expect(await readdir(join(data, 'data', 'system'))).toEqual(['query_log'])
    expect((await readdir(data)).includes('query_log_before')).toBe(run > 0)
  }
  const log = await readFile(join(dataDir, 'engine', 'log', 'engine.log'), 'utf8')
  expect(log).not.toContain('Failed to flush system log')
})

test('what cannot start says why, by code', async () => {
  const missing = { dataDir, resolveLibrary: () => join(dataDir, 'no-such-library.so') }
  await expect(startEngine(missing)).rejects.toMatchObject({
    code: 'engine_unsupported',
    message: expect.stringContaining('CLICKHOUSE_URL') as string,
  })
  await expect(startEngine({ dataDir, memoryBytesMax: 1 })).rejects.toMatchObject({
    code: 'invalid_config',
    message: '"memoryBytesMax" expected an integer from 268435456 to 9007199254740991; got 1',
  })
  const engine = await start()
  const taken = Number(new URL(engine.url).port)
  const other = join(dataDir, 'other')
  await expect(startEngine({ dataDir: other, httpPort: taken })).rejects.toMatchObject({
    code: 'engine_failed',
    message: expect.stringContaining(`got ${taken}`) as string,
  })
})

test('an engine that fails while starting gives its own words as evidence', async () => {
  const engine = await start()
  await engine.stop()
  const data = join(dataDir, 'engine', 'data')
  await rm(data, { recursive: true })
  await writeFile(data, 'not a directory')
  const thrown: unknown = await startEngine({ dataDir }).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ code: 'engine_failed' })
  expect(String(Reflect.get(thrown as Error, 'cause'))).toMatch(
    /Not a directory|filesystem error/iu,
  )
})

interface Parent {
  url: string
  username: string
  password: string
  engine: number
  kill: () => void
}

/** A process of its own, outside the test runner, so on the built package. */
async function spawnParent(): Promise<Parent> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-b', join(root, 'packages/engine')])
  const script = join(root, 'test/engine/start-parent.mjs')
  const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const said = JSON.parse(line) as Omit<Parent, 'kill'>
  return { ...said, kill: () => void child.kill('SIGKILL') }
}

async function socketInodes(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`)
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')),
  )
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/u.exec(target)?.[1] ?? [])
}

/** A process whose parent has not waited for it is over, and keeps its number. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !/\) Z /u.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

async function ask(engine: Engine, sql: string): Promise<string> {
  const answer = await fetch(engine.url, {
    method: 'POST',
    headers: { authorization: authorization(engine.users.migrator), connection: 'close' },
    body: sql,
  })
  return answer.text()
}

function authorization(user: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`
}
