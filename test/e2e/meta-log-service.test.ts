import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { parseCheckpoint, parseKeyEpochs, parseNote, parseVkey, verifyNote } from '@whodid/tlog'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { spanJson } from '../harness/memory-collector.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const origin = 'ledger.example/recorded'
const waitMs = { timeout: 120_000, interval: 100 }

let dir: string
let dataDir: string
let whodid: WhodidProcess | undefined
let child: ChildProcess | undefined
let spans = 0

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-meta-'))
  dataDir = join(dir, 'data')
})

afterEach(async () => {
  await whodid?.stop()
  await endChild('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

test(
  'a service submits each checkpoint to a meta-log, and is verified against it',
  { timeout: 600_000 },
  async () => {
    const metaLog = await startMeta(['--name', 'meta.example/all'])
    expect((await stat(join(dir, 'key'))).mode & 0o777).toBe(0o600)
    const environment = {
      WHODID_LOG_ORIGIN: origin,
      WHODID_META_LOG: `${metaLog.receipts} ${metaLog.url}`,
    }
    whodid = await startWhodidProcess({ dataDir, environment })
    await send(whodid)
    await vi.waitFor(() => read('checkpoint'), waitMs)
    const { vkey } = parseKeyEpochs(await read('keys'))[0]!
    // Nobody has registered it yet: the meta-log refuses, the service says so and goes on.
    await vi.waitFor(async () => {
      expect(await metric('whodid_meta_log_failures_total')).toBeGreaterThan(0)
    }, waitMs)
    expect((await verify(metaLog)).findings.map(({ code }) => code)).toContain('unregistered_log')

    await run(['meta-log', 'add', '--key', join(dir, 'key'), vkey])
    await vi.waitFor(async () => {
      await send(whodid!)
      const { text } = verifyNote(await read('recorded'), [parseVkey(metaLog.receipts)])
      expect(parseCheckpoint(text).size).toBeGreaterThan(0)
    }, waitMs)
    await vi.waitFor(async () => {
      expect(await verify(metaLog)).toMatchObject({ ok: true, findings: [] })
    }, waitMs)
    expect(await metric('whodid_meta_log_alarm')).toBe(0)
    expect(await metric('whodid_meta_log_lag_records')).toBeGreaterThanOrEqual(0)
    const before = parseCheckpoint(parseNote(await read('recorded')).text).size

    // A meta-log that is killed, and back at its address, goes on from what it acknowledged.
    await endChild('SIGKILL')
    const again = await startMeta(['--port', new URL(metaLog.url).port])
    expect(again).toEqual(metaLog)
    await vi.waitFor(async () => {
      await send(whodid!)
      expect(parseCheckpoint(parseNote(await read('recorded')).text).size).toBeGreaterThan(before)
    }, waitMs)

    // The log is dropped with its directory: there is nothing to verify, and the meta-log misses it.
    await whodid.stop()
    await rename(join(dataDir, 'tlog'), join(dir, 'dropped'))
    const dropped = await verify(metaLog)
    expect(dropped.ok).toBe(false)
    expect(dropped.findings).toContainEqual(
      expect.objectContaining({ code: 'log_missing', log: origin }),
    )
    await rename(join(dir, 'dropped'), join(dataDir, 'tlog'))

    await endChild('SIGTERM')
    expect(child?.exitCode).toBe(0)
    // From its directory too; and not at all is an error, never a pass.
    const byDir = await verify({ ...again, url: join(dir, 'key.log') })
    expect(byDir).toMatchObject({ ok: true, findings: [] })
    await expect(run(verifyArgs(again), { WHODID_DATA_DIR: dataDir })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--meta-log expected a meta-log to read'),
    })
  },
)

test('the command says what it expected', { timeout: 300_000 }, async () => {
  const key = join(dir, 'key')
  for (const [args, complaint] of [
    [['--key', key], 'expected --name'],
    [['remove', '--key', key, 'x'], 'expected "add" or "retire"'],
    [['add', '--key', key], 'expected "add" or "retire"'],
    [['add', '--key', key, 'x'], 'add: vkey'],
    [['add', 'x'], 'expected --key'],
    [['--key', dir], 'expected a readable file'],
  ] as const)
    await expect(run(['meta-log', ...args])).rejects.toMatchObject({
      stderr: expect.stringContaining(complaint),
    })
  await expect(run(['verify', '--meta-log', 'x'])).rejects.toMatchObject({
    stderr: expect.stringContaining('--meta-log and --meta-key expected each other'),
  })
})

interface MetaReady {
  readonly url: string
  readonly vkey: string
  readonly receipts: string
}

/** Starts `whodid meta-log` with the key and the directory of the one before it. */
async function startMeta(more: readonly string[]): Promise<MetaReady> {
  const args = ['meta-log', '--key', join(dir, 'key'), '--json']
  const port = more.includes('--port') ? [] : ['--port', '0']
  child = spawn(process.execPath, [main, ...args, ...port, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    const event = JSON.parse(line) as MetaReady & { readonly event: string }
    const { url, vkey, receipts } = event
    if (event.event === 'ready') return { url, vkey, receipts }
  }
  throw new Error('the meta-log ended before it was ready')
}

async function endChild(signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

async function send({ otlpUrl, tokens }: WhodidProcess): Promise<void> {
  spans += 1
  const answer = await fetch(`${otlpUrl}/v1/traces`, {
    method: 'POST',
    body: spanJson({ spanId: spans.toString(16).padStart(16, '0') }),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.ingest}` },
  })
  expect(answer.status).toBe(200)
}

async function metric(name: string): Promise<number> {
  const text = await (await whodid!.get('/metrics')).text()
  const value = new RegExp(`^${name} (\\S+)$`, 'mu').exec(text)?.[1]
  return value === undefined ? Number.NaN : Number(value)
}

function read(name: string): Promise<string> {
  return readFile(join(dataDir, 'tlog', 'recorded', name), 'utf8')
}

interface Verified {
  readonly ok: boolean
  readonly findings: readonly { readonly code: string }[]
}

function verifyArgs({ url, vkey }: MetaReady): string[] {
  return ['verify', '--meta-log', url, '--meta-key', vkey, '--json']
}

/** `whodid verify`, beside the running service or without it. */
async function verify(metaLog: MetaReady): Promise<Verified> {
  const { stdout } = await run(verifyArgs(metaLog), { WHODID_DATA_DIR: dataDir }).catch(
    // It ends with another code than 0 for what it finds, and prints it all the same.
    (error: { stdout: string }) => error,
  )
  return JSON.parse(stdout) as Verified
}

function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
  })
}
