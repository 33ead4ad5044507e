import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import { createAppender, encodeRecords, migrate } from '@whodid/store'
import type { Appender } from '@whodid/store'
import {
  generateNoteKey,
  parseCheckpoint,
  parseKeyEpochs,
  parseNote,
  parseVkey,
} from '@whodid/tlog'
import { newTrace } from '../harness/ledger.ts'
import { sendHttp, spanJson, token } from '../harness/memory-collector.ts'
import { startTestWitness } from '../harness/test-witness.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const spanCount = 300
let dataDir: string
let engine: Engine
let appender: Appender
let collector: Collector
let beforeAnyRecord: Ran

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-verify-'))
  engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  appender = createAppender({ url: engine.url, ...engine.users.writer })
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(dataDir, 'log'),
    logOrigin: 'ledger.example/verified',
    sequencer: { treeDir: join(dataDir, 'tlog'), keysDir: join(dataDir, 'keys') },
    ingestClients: [
      {
        name: 'test',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        tenant: 'default',
        templates: '*',
        humans: true,
        services: true,
      },
    ],
    appender,
  })
  beforeAnyRecord = await run()
  for (let n = 0; n < spanCount; n += 1)
    await sendHttp(collector, {
      body: Buffer.from(spanJson({ spanId: (n + 1).toString(16).padStart(16, '0') })),
    })
  await collector.stored()
  await collector.sealed()
})

afterAll(async () => {
  await collector.stop()
  await appender.close()
  await engine.stop()
  await rm(dataDir, { recursive: true })
})

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'verify', ...args], {
      env: { PATH: process.env['PATH'], WHODID_DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

test('what a collector has sealed and stored verifies, beside the running engine', async () => {
  const ran = await run('--json')
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(ran.stdout)).toMatchObject({
    ok: true,
    logs: [{ log: 'ledger.example/verified', from: 0, pending: 0, pruned: 0 }],
    findings: [],
  })
  const [log] = (JSON.parse(ran.stdout) as { logs: { size: number; rows: number }[] }).logs
  expect(log?.size).toBeGreaterThanOrEqual(spanCount)
  expect(log?.rows).toBe(log?.size)
  const { stdout } = await run('--from', '10', '--to', '20', '--log', 'ledger.example/verified')
  expect(stdout).toContain('10 rows recomputed')
})

test('a new log that has sealed nothing is no finding, and one whose checkpoint is gone is', async () => {
  expect(beforeAnyRecord).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('There is nothing to verify') as string,
    stderr: 'ledger.example/verified: new, it has sealed nothing yet\n',
  })
  const [tree = ''] = await readdir(join(dataDir, 'tlog'))
  const path = join(dataDir, 'tlog', tree, 'checkpoint')
  const note = await readFile(path)
  await rm(path)
  try {
    const { code, stdout, stderr } = await run()
    expect(stdout).toContain('checkpoint_missing  ledger.example/verified')
    expect({ code, stderr }).toEqual({ code: 40, stderr: '' })
  } finally {
    await writeFile(path, note)
  }
})

test('asked wrongly it says what it expected', async () => {
  expect(await run('--from', 'x')).toMatchObject({ code: 2 })
  expect(await run('--log', 'nowhere.example/x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ledger.example/verified') as string,
  })
  expect(await run('--of', 'no handle at all')).toMatchObject({ code: 2 })
})

test('an anchor that the log does not begin with is a finding', async () => {
  const [tree = ''] = await readdir(join(dataDir, 'tlog'))
  const note = await readFile(join(dataDir, 'tlog', tree, 'checkpoint'), 'utf8')
  const own = join(dataDir, 'own.checkpoint')
  await writeFile(own, note)
  expect(await run('--anchor', own)).toMatchObject({ code: 0 })
  await writeFile(own, note.replace(/\n\d+\n/u, '\n1000000\n'))
  const { code, stdout } = await run('--anchor', own, '--json')
  expect(code).toBe(40)
  expect(JSON.parse(stdout)).toMatchObject({ findings: [{ code: 'checkpoint_signature' }] })
})

test('a policy says who must have witnessed it, and which logs there must be', async () => {
  const [tree = ''] = await readdir(join(dataDir, 'tlog'))
  const dir = join(dataDir, 'tlog', tree)
  const [epoch] = parseKeyEpochs(await readFile(join(dir, 'keys'), 'utf8'))
  const witness = await startTestWitness('witness.test/w1', [parseVkey(epoch!.vkey)])
  try {
    const path = join(dataDir, 'policy')
    const { key, url } = witness.endpoint
    const lines = [`log ${epoch!.vkey}`, `witness w1 ${key.vkey} ${url}`, 'quorum w1', '']
    await writeFile(path, lines.join('\n'))
    const before = await run('--policy', path)
    expect(before).toMatchObject({
      code: 10,
      stderr: `witness witness.test/w1 about ledger.example/verified: it serves no checkpoint of this log; it has cosigned nothing of this log that is held here\n`,
    })
    expect(before.stdout).toContain('unwitnessed  ledger.example/verified')
    const note = await readFile(join(dir, 'checkpoint'), 'utf8')
    // A first checkpoint is taken on the log's word: no proof, and so no tile, is asked for.
    const noTiles = { read: () => Promise.resolve(undefined) }
    await writeFile(join(dir, 'cosigned'), await witness.cosign(note, noTiles))
    const after = await run('--policy', path, '--json')
    expect(after).toMatchObject({ code: 0, stderr: '' })
    const assured = parseCheckpoint(parseNote(note).text).size
    expect(JSON.parse(after.stdout)).toMatchObject({
      logs: [{ assurance: 'witnessed+monitored', assured }],
    })
    // A witness that cosigned and that nobody can ask is told apart from one that did nothing.
    for (const where of ['http://127.0.0.1:9', `${url}/elsewhere`]) {
      await writeFile(path, lines.join('\n').replace(url, where))
      const unasked = await run('--policy', path, '--json')
      expect(unasked.code).toBe(0)
      expect(unasked.stderr).toContain(`; it has cosigned ${assured} records, at 20`)
      expect(unasked.stderr).not.toContain('nothing')
      expect(JSON.parse(unasked.stdout)).toMatchObject({ logs: [{ assurance: 'witnessed' }] })
    }
    const other = generateNoteKey('ledger.example/gone', 'note').vkey
    await writeFile(path, [`log ${other}`, ...lines].join('\n'))
    const gone = await run('--policy', path, '--json')
    expect(gone.code).toBe(40)
    expect(JSON.parse(gone.stdout)).toMatchObject({
      findings: [{ code: 'log_missing', log: 'ledger.example/gone' }],
    })
    await writeFile(path, 'trust me\n')
    const wrong = await run('--policy', path)
    expect(wrong.code).not.toBe(0)
    expect(wrong.stderr).toContain('--policy expected a policy')
  } finally {
    await witness.stop()
  }
})

test('a row that the collector did not write is named', async () => {
  const trace = newTrace()
  const forged = trace.record({ name: 'forged', logId: 'ledger.example/verified', logIndex: 7 })
  await appender.append({ blocks: [encodeRecords([forged])], token: 'forged' })
  const { code, stdout } = await run('--json')
  expect(code).toBe(40)
  const { findings } = JSON.parse(stdout) as { findings: { code: string; index: number }[] }
  expect(findings.map((finding) => [finding.code, finding.index])).toEqual([
    ['row_mismatch', 7],
    ['row_duplicated', 7],
  ])
  const of = await run('--of', `trace:${trace.traceIdHex}`)
  expect(of.code).toBe(40)
  expect(of.stdout).toContain('row_mismatch  ledger.example/verified: row 7')
  expect(of.stdout).toContain('THE LEDGER IS NOT WHAT WAS SEALED')
})

test('it starts the engine itself where none runs', async () => {
  await collector.stop()
  await appender.close()
  await engine.stop()
  const { code, stdout } = await run('--of', `trace:${'ab'.repeat(16)}`)
  expect(stdout).toContain('rows recomputed')
  expect(code).toBe(0)
})
