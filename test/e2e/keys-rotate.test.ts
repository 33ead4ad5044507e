import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  parseCheckpoint,
  parseKeyEpochs,
  parseNote,
  parseSkey,
  signNote,
  verifyEpochCheckpoint,
} from '@whodid/tlog'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { spanJson } from '../harness/memory-collector.ts'
import { runWhodid } from '../harness/run-whodid.ts'
import { startWhodidProcess } from '../harness/whodid-process.ts'
import type { WhodidProcess } from '../harness/whodid-process.ts'

const log = 'ledger.example/rotated'
const waitMs = { timeout: 90_000, interval: 200 }

let whodid: WhodidProcess
/** What a thief copied before the change. */
let stolen: string

beforeAll(async () => {
  whodid = await startWhodidProcess({ environment: { WHODID_LOG_ORIGIN: log } })
})

afterAll(() => whodid.remove())

async function send(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const answer = await fetch(`${whodid.otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${whodid.tokens.ingest}`,
      },
      body: spanJson(),
    })
    expect(answer.status).toBe(200)
  }
}

const ofTree = (name: string): Promise<string> =>
  readFile(join(whodid.dataDir, 'tlog', 'rotated', name), 'utf8')

const sizeOf = (note: string): number => parseCheckpoint(parseNote(note).text).size

/** Sends records and resolves with the first checkpoint that covers them. */
async function sealedCheckpoint(): Promise<string> {
  const before = await ofTree('checkpoint').then(sizeOf, () => 0)
  await send(3)
  return vi.waitFor(async () => {
    const note = await ofTree('checkpoint')
    expect(sizeOf(note)).toBeGreaterThanOrEqual(before + 3)
    return note
  }, waitMs)
}

async function verify(...args: string[]): Promise<{ ok: boolean; findings: { code: string }[] }> {
  const { stdout, stderr } = await runWhodid(whodid, ['verify', '--json', ...args])
  // A verification that takes a while says how far it is.
  expect(stderr.replaceAll(/^\d+ of \d+ verified \(\d+ %\)\n/gmu, '')).toBe('')
  // One object, as --json promises.
  return JSON.parse(stdout) as { ok: boolean; findings: { code: string }[] }
}

interface ListedKey {
  readonly vkey: string
  readonly signs: boolean
  readonly to_size: number | null
}

async function listKeys(): Promise<{ keys: ListedKey[]; next: string | null }> {
  const { code, stdout } = await runWhodid(whodid, ['keys', 'list', '--json'])
  expect(code).toBe(0)
  expect(stdout).not.toContain('PRIVATE')
  const { logs } = JSON.parse(stdout) as { logs: { keys: ListedKey[]; next: string | null }[] }
  return logs[0] ?? { keys: [], next: null }
}

test('a key is changed while records come, and what was sealed before and after verifies', async () => {
  const old = await sealedCheckpoint()
  stolen = await readFile(join(whodid.dataDir, 'keys', 'log-rotated.json'), 'utf8')
  const rotated = await runWhodid(whodid, ['keys', 'rotate', '--overlap', '1', '--json'])
  expect(rotated).toMatchObject({ code: 0, stderr: '' })
  expect(rotated.stdout).not.toContain('PRIVATE')
  const outcome = JSON.parse(rotated.stdout) as Record<string, unknown>
  expect(outcome).toMatchObject({ log, overlap_s: 1 })
  await vi.waitFor(async () => {
    await sealedCheckpoint()
    const { keys, next } = await listKeys()
    expect(next).toBeNull()
    expect(keys).toMatchObject([
      { vkey: outcome['old'], signs: false, to_size: expect.any(Number) },
      { vkey: outcome['new'], signs: true, to_size: null },
    ])
  }, waitMs)
  const fresh = await sealedCheckpoint()
  const epochs = parseKeyEpochs(await ofTree('keys'))
  expect(parseNote(fresh).signatures).toHaveLength(1)
  expect(verifyEpochCheckpoint(fresh, epochs).size).toBe(sizeOf(fresh))
  expect(verifyEpochCheckpoint(old, epochs).size).toBe(sizeOf(old))
  const anchor = join(whodid.dataDir, 'old.checkpoint')
  await writeFile(anchor, old)
  expect(await verify('--anchor', anchor)).toMatchObject({ ok: true, findings: [] })
  const events = await whodid.get('/v1/checkpoints?from=0')
  expect(events.status).toBe(200)
})

test('the old key’s signature on what came after its end is refused by name', async () => {
  // Sound: the file is the collector's own.
  const { epochs: pairs } = JSON.parse(stolen) as { epochs: { skey: string }[] }
  const thief = parseSkey(pairs[0]?.skey ?? '')
  const { text } = parseNote(await ofTree('checkpoint'))
  const forged = signNote(text, [thief])
  const epochs = parseKeyEpochs(await ofTree('keys'))
  expect(() => verifyEpochCheckpoint(forged, epochs)).toThrow(/expected the signature of the key/u)
  const path = join(whodid.dataDir, 'forged.checkpoint')
  await writeFile(path, forged)
  expect(await verify('--anchor', path)).toMatchObject({
    ok: false,
    findings: [{ code: 'checkpoint_signature' }],
  })
})

test('what cannot be changed is refused', async () => {
  const unknown = await runWhodid(whodid, ['keys', 'rotate', '--log', 'other.example/log'])
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain(`expected one of ${log}`)
  const overlong = await runWhodid(whodid, ['keys', 'rotate', '--overlap', '9999999'])
  expect(overlong.code).not.toBe(0)
  await whodid.stop()
  const waiting = await runWhodid(whodid, ['keys', 'rotate'])
  expect(waiting.stdout).toContain('No collector has taken it up yet')
  const second = await runWhodid(whodid, ['keys', 'rotate'])
  expect(second.stderr).toContain('one is waiting to be taken up')
  whodid = await startWhodidProcess({
    dataDir: whodid.dataDir,
    environment: { WHODID_LOG_ORIGIN: log },
  })
  await vi.waitFor(async () => {
    const { keys, next } = await listKeys()
    expect(next).toBeNull()
    expect(keys).toHaveLength(3)
  }, waitMs)
})
