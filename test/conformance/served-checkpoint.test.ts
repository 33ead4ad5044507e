import { execFile, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateNoteKey, parseCheckpoint, parseNote, tilePath } from '@whodid/tlog'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sendSpans, toolCall } from '../harness/send-spans.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

// What a running service has signed and a running witness has cosigned, as others' programs see it.

const main = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
const checker = join(import.meta.dirname, '../vectors/tlog/go')
const origin = 'ledger.example/served'
const witnessName = 'witness.example/w1'
const waitMs = { timeout: 90_000, interval: 200 }

let dir: string
let whodid: WhodidProcess
let witness: ChildProcess | undefined
let witnessVkey: string
let witnessPort: number
let logVkey: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-served-'))
  const { skey, vkey } = generateNoteKey(witnessName, 'cosignature')
  await writeFile(join(dir, 'witness.key'), `${skey}\n`, { mode: 0o600 })
  witnessVkey = vkey
  witnessPort = await freePort()
  whodid = await startWhodidProcess({
    environment: {
      WHODID_LOG_ORIGIN: origin,
      WHODID_WITNESSES: `${vkey} http://127.0.0.1:${witnessPort}`,
    },
  })
})

afterAll(async () => {
  if (witness?.exitCode === null) {
    witness.kill('SIGTERM')
    await once(witness, 'exit')
  }
  await whodid.remove()
  await rm(dir, { recursive: true })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Static paths, read without a token, as C2SP tools do. */
async function served(path: string): Promise<Buffer> {
  const response = await fetch(`${whodid.apiUrl}/v1/logs/served/${path}`)
  expect(response.status, path).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

async function metric(name: string): Promise<number | undefined> {
  const text = await (await whodid.get('/metrics')).text()
  const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'mu').exec(text)
  return found === null ? undefined : Number(found[1])
}

const sizeOf = (note: Buffer): number => parseCheckpoint(parseNote(note).text).size

test('while the witness is away sealing goes on, and the metrics say that nothing is cosigned', async () => {
  await sendSpans(whodid, 'first', [toolCall('update', 't:first:1')])
  const { integrity } = await vi.waitFor(async () => {
    const answer = await whodid.whoDid('t:first:1')
    expect(answer.integrity.state).toBe('sealed')
    return answer
  }, waitMs)
  expect(integrity.proof).not.toBeNull()
  expect(await metric('whodid_cosigned_records')).toBe(0)
  expect(await metric('whodid_sealed_records')).toBeGreaterThan(0)
  expect((await fetch(`${whodid.apiUrl}/v1/logs/served/cosigned`)).status).toBe(404)
  await vi.waitFor(
    () => expect(JSON.stringify(whodid.events)).toContain(`${witnessName} has not cosigned`),
    waitMs,
  )
})

test('a witness that comes later cosigns, and its cosignature is in the served checkpoint', async () => {
  // The schema of the route is tested where it is served.
  const trust = (await (await whodid.get('/v1/trust')).json()) as { logs: { vkey: string }[] }
  logVkey = trust.logs[0]?.vkey ?? ''
  const args = ['witness', '--key', join(dir, 'witness.key'), '--log', logVkey]
  witness = spawn(process.execPath, [main, ...args, '--port', String(witnessPort), '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await sendSpans(whodid, 'second', [toolCall('update', 't:second:2')])
  await vi.waitFor(async () => {
    const note = await served('cosigned')
    const ids = parseNote(note).signatures.map(({ name }) => name)
    expect(ids).toEqual([origin, witnessName])
    expect(sizeOf(note)).toBeGreaterThan(1)
    expect(await metric('whodid_cosigned_records')).toBeGreaterThan(1)
  }, waitMs)
})

const openssl = spawnSync('openssl', ['version']).status === 0
if (!openssl)
  process.stderr.write('NOT RUN: OpenSSL is not here to check a checkpoint’s signature\n')

test.skipIf(!openssl)(
  'OpenSSL accepts the signature of the served checkpoint, and no other text',
  async () => {
    const note = await served('checkpoint')
    const { text, signatures } = parseNote(note)
    const { raw } = rawOf(note.toString())
    expect(signatures[0]?.name).toBe(origin)
    // SubjectPublicKeyInfo of Ed25519 (RFC 8410), then the key.
    const key = Buffer.from(logVkey.slice(logVkey.indexOf('+', origin.length + 1) + 1), 'base64')
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)])
    await writeFile(join(dir, 'key.der'), spki)
    await writeFile(join(dir, 'signature'), raw.subarray(4))
    await writeFile(join(dir, 'text'), text)
    expect(await verifyByOpenssl('text')).toBe(true)
    await writeFile(
      join(dir, 'forged'),
      text.replace(/\n\d+\n/u, (size) => `\n${Number(size) + 1}\n`),
    )
    expect(await verifyByOpenssl('forged')).toBe(false)
  },
)

/** The bytes of the first signature line: four of the key's ID, then the signature. */
function rawOf(note: string): { raw: Buffer } {
  const line = note.slice(note.lastIndexOf('\n\n') + 2).split('\n', 1)[0] ?? ''
  return { raw: Buffer.from(line.slice(line.lastIndexOf(' ') + 1), 'base64') }
}

async function verifyByOpenssl(name: string): Promise<boolean> {
  const args = ['pkeyutl', '-verify', '-pubin', '-keyform', 'DER', '-inkey', 'key.der', '-rawin']
  return promisify(execFile)('openssl', [...args, '-in', name, '-sigfile', 'signature'], {
    cwd: dir,
  }).then(
    () => true,
    () => false,
  )
}

const go = ['go', '/usr/local/go/bin/go'].find(
  (command) => spawnSync(command, ['build', '-o', '/dev/null', '.'], { cwd: checker }).status === 0,
)
if (go === undefined)
  process.stderr.write(
    'NOT RUN: Go, or its module golang.org/x/mod, is not here to check what a service signed; what it said of our format is in test/vectors/tlog/go.json\n',
  )

test.skipIf(go === undefined)(
  'Go’s sumdb/note and sumdb/tlog accept the served checkpoint, its cosignature, tiles and proofs',
  async () => {
    const directory = join(dir, 'go')
    const { note, size } = await vi.waitFor(() => layOut(directory), waitMs)
    const run = () =>
      promisify(execFile)(go ?? '', ['run', '.', 'check', directory], { cwd: checker })
    expect((await run()).stdout).toBe(`ok: 2 signatures, ${size} leaves\n`)
    const forged = note.toString().replace(`\n${size}\n`, `\n${size + 1}\n`)
    await writeFile(join(directory, 'checkpoint'), forged)
    await expect(run()).rejects.toThrow('checkpoint: ')
  },
)

interface Proof {
  readonly index: number
  readonly entry: string
  readonly proof: readonly string[]
  readonly checkpoint: string
}

interface List {
  readonly checkpoints: readonly {
    readonly size: number
    readonly checkpoint: string
    readonly consistency: readonly string[]
  }[]
}

/**
 * Lays out what Go's checker reads, all of it from the API: the keys, the note, a record with its proof, an older tree. Throws
 * while the newest checkpoint is not cosigned yet.
 */
async function layOut(directory: string): Promise<{ note: Buffer; size: number }> {
  const answer = await whodid.whoDid('t:second:2')
  // The API's own tests hold its answers to the schemas.
  const proof = (await (await whodid.get(answer.integrity.proof ?? '')).json()) as Proof
  const { checkpoints } = (await (await whodid.get('/v1/checkpoints?from=1')).json()) as List
  const note = await served('cosigned')
  const size = sizeOf(note)
  expect(sizeOf(Buffer.from(proof.checkpoint))).toBe(size)
  const place = checkpoints.findIndex((one) => one.size === size)
  const older = checkpoints[place - 1]
  if (older === undefined) throw new Error('there is no older checkpoint')
  const { root } = parseCheckpoint(parseNote(older.checkpoint).text)
  const tile = tilePath({ level: 0, index: 0, width: size })
  const files: Record<string, string | Buffer> = {
    vkey: logVkey,
    witness: witnessVkey,
    checkpoint: note,
    'leaf.json': JSON.stringify({ index: proof.index, leaf: proof.entry, proof: proof.proof }),
    'old.json': JSON.stringify({
      size: older.size,
      root: root.toString('base64'),
      proof: checkpoints[place]?.consistency,
    }),
    [tile]: await served(tile),
  }
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }
  return { note, size }
}
