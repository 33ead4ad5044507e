import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import {
  parseCheckpoint,
  parseKeyEpochs,
  parseNote,
  parseVkey,
  verifyCheckpoint,
} from '@whodid/tlog'
import { afterEach, expect, test, vi } from 'vitest'
import { spanJson } from '../harness/memory-collector.ts'
import { startTestWitness } from '../harness/test-witness.ts'
import type { TestWitness } from '../harness/test-witness.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const origin = 'ledger.example/witnessed'
const waitMs = { timeout: 60_000, interval: 100 }

let dataDir: string
let whodid: WhodidProcess | undefined
let witness: TestWitness | undefined
let spans = 0

afterEach(async () => {
  await whodid?.stop()
  await witness?.stop()
  for (const dir of [dataDir, `${dataDir}.backup`]) await rm(dir, { recursive: true, force: true })
})

test('a service is witnessed, and when all of it is put back the witness tells', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'whodid-witnessed-'))
  whodid = await start({})
  await send(whodid)
  await vi.waitFor(() => read('checkpoint'), waitMs)
  await whodid.stop()
  const { vkey } = parseKeyEpochs(await read('keys'))[0]!
  const log = parseVkey(vkey)
  await cp(dataDir, `${dataDir}.backup`, { recursive: true })

  witness = await startTestWitness('witness.test/w1', [log])
  const { key, url } = witness.endpoint
  const environment = { WHODID_WITNESSES: `${key.vkey} ${url}` }
  whodid = await start(environment)
  await send(whodid)
  const before = sizeOf(await read('checkpoint'))
  await vi.waitFor(async () => {
    const { checkpoint, cosignatures } = verifyCheckpoint(await read('cosigned'), log, [key])
    expect(cosignatures).toHaveLength(1)
    expect(checkpoint.size).toBeGreaterThanOrEqual(before)
  }, waitMs)
  const policy = join(dataDir, 'policy')
  const lines = [`log ${vkey}`, `witness w1 ${key.vkey} ${url}`, 'quorum w1', '']
  await writeFile(policy, lines.join('\n'))
  const verified = await verify(policy)
  expect(verified).toMatchObject({
    ok: true,
    logs: [{ log: origin, assurance: 'witnessed+monitored' }],
    findings: [],
  })
  await vi.waitFor(async () => {
    // The files of a package are stored as they are.
    const zip = Buffer.from(await exported(whodid!))
    expect(zip.includes('"assurance": "witnessed')).toBe(true)
  }, waitMs)
  await whodid.stop()

  // Database, log, tree, keys: everything that its administrators have, as it was before.
  await rm(dataDir, { recursive: true })
  await cp(`${dataDir}.backup`, dataDir, { recursive: true })
  await writeFile(policy, lines.join('\n'))
  whodid = await start(environment)
  await vi.waitFor(async () => {
    await send(whodid!)
    const warnings = whodid!.events.filter(({ event }) => event === 'warning')
    expect(JSON.stringify(warnings)).toMatch(
      /ALARM: THIS LOG(?: WAS PUT BACK|'S PAST WAS CHANGED)/u,
    )
  }, waitMs)
  const found = await verify(policy)
  expect(found.ok).toBe(false)
  expect(found.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^(rolled_back|checkpoint_inconsistent)$/u)]),
  )
})

function start(environment: Record<string, string>): Promise<WhodidProcess> {
  return startWhodidProcess({ dataDir, environment: { WHODID_LOG_ORIGIN: origin, ...environment } })
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

/** The evidence package about the span that was sent last. */
async function exported({ apiUrl, tokens }: WhodidProcess): Promise<ArrayBuffer> {
  const answer = await fetch(`${apiUrl}/v1/exports`, {
    method: 'POST',
    body: JSON.stringify({ of: `span:${'ab'.repeat(16)}-${spans.toString(16).padStart(16, '0')}` }),
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens.investigator}`,
    },
  })
  expect(answer.status).toBe(200)
  return answer.arrayBuffer()
}

function read(name: string): Promise<string> {
  return readFile(join(dataDir, 'tlog', 'witnessed', name), 'utf8')
}

function sizeOf(note: string): number {
  return parseCheckpoint(parseNote(note).text).size
}

interface Verified {
  readonly ok: boolean
  readonly logs: readonly unknown[]
  readonly findings: readonly { readonly code: string }[]
}

/** `whodid verify`, beside the running service. */
async function verify(policy: string): Promise<Verified> {
  const args = [main, 'verify', '--policy', policy, '--json']
  const run = promisify(execFile)(process.execPath, args, {
    env: { PATH: process.env['PATH'], WHODID_DATA_DIR: dataDir },
  })
  // It ends with another code than 0 for what it finds, and prints it all the same.
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return JSON.parse(stdout) as Verified
}
