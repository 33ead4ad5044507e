import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

/**
 * A service whose keys are wrapped under a master key that a program keeps: deploy/keys/openssl.sh with the real openssl, or, where
 * there is none, a program that does the same by Node's own cryptography.
 */
const opensslProgram = fileURLToPath(new URL('../../deploy/keys/openssl.sh', import.meta.url))
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl)
  process.stderr.write('NOT RUN: OpenSSL is not here to run deploy/keys/openssl.sh\n')

const nodeProgram = `#!${process.execPath}
const { createCipheriv, createDecipheriv, scryptSync } = require('node:crypto')
const { readFileSync } = require('node:fs')
const key = scryptSync(readFileSync(process.env.KEYS_PASSPHRASE_FILE), 'salt', 32)
const make = process.argv[2] === 'wrap' ? createCipheriv : createDecipheriv
const input = Buffer.from(readFileSync(0, 'latin1'), 'base64')
console.log(make('aes-256-ctr', key, Buffer.alloc(16)).update(input).toString('base64'))
`
const log = 'ledger.example/wrapped'
const trace = '5c'.repeat(16)
const secret = 'Refund the order of Jane Roe at once'
const waitMs = { timeout: 90_000, interval: 200 }

let dir: string
let environment: Record<string, string>
let whodid: WhodidProcess

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-wrapped-'))
  await writeFile(join(dir, 'passphrase'), 'correct horse\n', { mode: 0o600 })
  const program = hasOpenssl ? opensslProgram : join(dir, 'program')
  if (!hasOpenssl) await writeFile(program, nodeProgram, { mode: 0o755 })
  environment = {
    WHODID_LOG_ORIGIN: log,
    WHODID_KEYS_COMMAND: program,
    KEYS_PASSPHRASE_FILE: join(dir, 'passphrase'),
  }
  whodid = await startWhodidProcess({ environment })
})

afterAll(async () => {
  await whodid.remove()
  await rm(dir, { recursive: true, force: true })
})

const text = (key: string, value: string) => ({ key, value: { stringValue: value } })

async function sendPrompt(n: number): Promise<string> {
  const spanId = `aa0000000000000${n}`
  const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: secret }] }])
  const attributes = [
    text('whodid.record.kind', 'prompt'),
    text('whodid.actor.type', 'agent'),
    text('whodid.agent.instance.id', `inst-${n}`),
    text('gen_ai.agent.id', 'refunds'),
    text('whodid.delegator.id', 'ana@acme.example'),
    text('whodid.delegator.type', 'human'),
    text('gen_ai.input.messages', messages),
  ]
  const span = {
    traceId: trace,
    spanId,
    name: 'prompt',
    startTimeUnixNano: `176380000${n}000000000`,
    endTimeUnixNano: `176380000${n}100000000`,
    attributes,
  }
  const answer = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  })
  expect(answer.status).toBe(200)
  return `span:${trace}-${spanId}`
}

async function promptOf(handle: string): Promise<string | null | undefined> {
  const answer = await whodid.whoDid(handle, ({ prompt }) => prompt !== null)
  return JSON.stringify(answer.prompt)
}

async function verify(given = environment) {
  return runWhodid(whodid, ['verify', '--json'], given)
}

/** Every private key's file, and its first bytes. */
async function keyFiles(): Promise<Map<string, string>> {
  const keysDir = join(whodid.dataDir, 'keys')
  const files = new Map<string, string>()
  for (const name of await readdir(keysDir, { recursive: true })) {
    const bytes = await readFile(join(keysDir, name), 'latin1').catch(() => undefined)
    if (bytes !== undefined) files.set(name, bytes)
  }
  return files
}

test('texts are encrypted, opened and verified, and no private key lies as it is', async () => {
  const handle = await sendPrompt(1)
  expect(await promptOf(handle)).toContain(secret)
  const rotated = await runWhodid(
    whodid,
    ['keys', 'rotate', '--overlap', '0', '--json'],
    environment,
  )
  expect(rotated).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(rotated.stdout)).toMatchObject({ taken_up: true })
  const files = await keyFiles()
  const wrapped = [...files].filter(([, bytes]) => bytes.startsWith('WDKW')).map(([name]) => name)
  expect(wrapped).toContain('log-wrapped.json')
  expect(wrapped).toContain('export.skey')
  expect(wrapped).toContain(join('content', 'secret'))
  expect(wrapped.filter((name) => name.endsWith('.key')).length).toBeGreaterThan(0)
  for (const [name, bytes] of files) expect(bytes, name).not.toContain('PRIVATE+KEY')
  await vi.waitFor(async () => {
    const { code, stdout } = await verify()
    expect(code, stdout).toBe(0)
  }, waitMs)
})

test('the next start asks the program again, and goes on', async () => {
  const before = await keyFiles()
  await whodid.stop()
  whodid = await startWhodidProcess({ dataDir: whodid.dataDir, environment })
  expect(await promptOf(await sendPrompt(2))).toContain(secret)
  expect(await promptOf(`span:${trace}-aa00000000000001`)).toContain(secret)
  expect((await keyFiles()).get('master.wrapped')).toBe(before.get('master.wrapped'))
})

test('an erased person’s key is gone, wrapped or not', async () => {
  const erased = await runWhodid(
    whodid,
    ['erase', '--subject', 'delegator:ana@acme.example', '--reason', 'request 1'],
    { ...environment, WHODID_TOKEN: whodid.tokens.admin },
  )
  expect(erased.code, erased.stderr).toBe(0)
  const answer = await whodid.whoDid(
    `span:${trace}-aa00000000000001`,
    ({ prompt }) => !JSON.stringify(prompt).includes(secret),
  )
  expect(JSON.stringify(answer)).not.toContain(secret)
})

test('without its program, or with another passphrase, a service does not start and says why', async () => {
  await whodid.stop()
  const { WHODID_KEYS_COMMAND: command, ...without } = environment
  const none = await runWhodid(whodid, ['serve'], without)
  expect(none.code).not.toBe(0)
  expect(none.stderr).toContain('WHODID_KEYS_COMMAND')
  await writeFile(join(dir, 'other'), 'another\n')
  const other = await runWhodid(whodid, ['serve'], {
    ...environment,
    KEYS_PASSPHRASE_FILE: join(dir, 'other'),
  })
  expect(other.code).not.toBe(0)
  expect(other.stderr).toContain('keys_command_failed')
  expect(other.stderr).toContain(command)
  // "unwrap" gives the keys back as they were, and the service starts without the program.
  const back = await runWhodid(whodid, ['keys', 'unwrap', '--json'], environment)
  expect(back.code, back.stderr).toBe(0)
  await rm(join(whodid.dataDir, 'keys', 'master.wrapped'))
  whodid = await startWhodidProcess({ dataDir: whodid.dataDir, environment: without })
  expect(await promptOf(await sendPrompt(3))).toContain(secret)
})
