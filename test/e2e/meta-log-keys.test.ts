import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { leaveNextKey, listLogKeys, startCollector } from '@whodid/collector'
import { systemFiles } from '@whodid/tlog-posix'
import type { Collector } from '@whodid/collector'
import type { FilePort } from '@whodid/tlog-posix'
import {
  generateNoteKey,
  parseCheckpoint,
  parseNote,
  parseSkey,
  signKeyChange,
  signText,
} from '@whodid/tlog'
import type { WitnessEndpoint } from '@whodid/witness'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { memoryStore, sendHttp, spanJson, token } from '../harness/memory-collector.ts'
import { startTestMetaLog } from '../harness/test-meta-log.ts'
import type { TestMetaLog } from '../harness/test-meta-log.ts'

/** A log's change of keys, and the meta-log that must hear of it. */
const origin = 'ledger.example/keys'
const waitMs = { timeout: 90_000, interval: 50 }

let meta: TestMetaLog
let dir: string
let keysDir: string
let collector: Collector | undefined
let said: string[]

beforeEach(async () => {
  meta = await startTestMetaLog()
  dir = await mkdtemp(join(tmpdir(), 'whodid-meta-keys-'))
  keysDir = join(dir, 'keys')
  said = []
})

afterEach(async () => {
  await collector?.stop()
  await meta.stop()
  await rm(dir, { recursive: true, force: true })
})

async function start(
  metaLog: WitnessEndpoint | 'none' = meta.endpoint,
  files: FilePort = systemFiles,
): Promise<Collector> {
  collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    files,
    logDir: join(dir, 'log'),
    logOrigin: origin,
    sequencer: {
      treeDir: join(dir, 'tlog'),
      keysDir,
      ...(metaLog === 'none' ? {} : { metaLog }),
    },
    ingestClients: [
      {
        name: 'test',
        tenant: 'default',
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        templates: '*',
        humans: true,
        services: true,
      },
    ],
    appender: memoryStore(),
    limits: { checkpointIntervalMs: 20 },
    onEvent: ({ message }) => said.push(message),
  })
  return collector
}

async function stop(): Promise<void> {
  await collector?.stop()
  collector = undefined
}

/** The key in force, and those that the meta-log has not acknowledged. */
async function keys(): Promise<{ newest: string; unregistered: readonly string[] }> {
  const [log] = await listLogKeys(keysDir)
  return { newest: log?.epochs.at(-1)?.vkey ?? '', unregistered: log?.unregistered ?? [] }
}

async function rotate(overlapMs = 0): Promise<string> {
  const vkey = await leaveNextKey({ keysDir, origin, overlapMs })
  await vi.waitFor(async () => expect((await keys()).newest).toBe(vkey), waitMs)
  return vkey
}

async function registered(): Promise<string[]> {
  const { registry } = await meta.readSound()
  return registry.log(origin)?.keys.map(({ vkey }) => vkey) ?? []
}

/** Sends a record, and waits until the meta-log has taken a checkpoint that covers it. */
async function taken(): Promise<void> {
  const answer = await sendHttp(collector!, { body: spanJson() })
  expect(answer.status).toBe(200)
  const wanted = collector!.metrics().sealedSize + collector!.metrics().unsealedCount
  await vi.waitFor(async () => {
    const note = await readFile(join(dir, 'tlog', 'keys', 'recorded'), 'utf8')
    expect(parseCheckpoint(parseNote(note).text).size).toBeGreaterThanOrEqual(wanted)
  }, waitMs)
}

test('a new key registers itself, and the meta-log takes what it signs', async () => {
  await start()
  const first = (await keys()).newest
  await meta.add(first)
  await taken()
  const second = await rotate()
  const third = await rotate()
  await vi.waitFor(async () => expect(await registered()).toEqual([first, second, third]), waitMs)
  await vi.waitFor(async () => expect((await keys()).unregistered).toEqual([]), waitMs)
  await taken()
  expect(collector?.metrics()).toMatchObject({
    unregisteredKeys: 0,
    metaLog: { outcome: 'cosigned' },
  })
  expect(said.join('\n')).not.toContain('ALARM')
})

test('a meta-log that is away is told at the next start, also by a run that died in the midst of it', async () => {
  await start()
  const first = (await keys()).newest
  await meta.add(first)
  await stop()

  const nobody = { key: meta.endpoint.key, url: 'http://127.0.0.1:9' }
  await start(nobody)
  const second = await rotate()
  await vi.waitFor(() => {
    expect(said.join('\n')).toContain(`does not know the new key of ${origin} yet`)
  }, waitMs)
  expect(collector?.metrics().unregisteredKeys).toBe(1)
  expect(await keys()).toEqual({ newest: second, unregistered: [second] })
  await stop()

  // Died after it was told and before that was written down: it is told again.
  const path = join(keysDir, 'log-keys.key-changes')
  const waiting = await readFile(path, 'utf8')
  await start()
  await vi.waitFor(async () => expect((await keys()).unregistered).toEqual([]), waitMs)
  await stop()
  await writeFile(path, waiting)
  await start()
  await vi.waitFor(async () => expect((await keys()).unregistered).toEqual([]), waitMs)
  expect(await registered()).toEqual([first, second])
  await taken()
})

test('a change that broke off before the new key was in force is begun again, as the same statement', async () => {
  await start()
  const first = (await keys()).newest
  await meta.add(first)
  await stop()
  const held = join(keysDir, 'log-keys.json')
  const nobody = { key: meta.endpoint.key, url: 'http://127.0.0.1:9' }
  await start(nobody, {
    ...systemFiles,
    rename: (from, to) =>
      to === held ? Promise.reject(new Error('the disk is away')) : systemFiles.rename(from, to),
  })
  const second = await leaveNextKey({ keysDir, origin, overlapMs: 0 })
  await vi.waitFor(async () => expect((await keys()).unregistered).toEqual([second]), waitMs)
  await vi.waitFor(() => expect(said.join('\n')).toContain('the disk is away'), waitMs)
  expect((await keys()).newest, 'the old key is in force').toBe(first)
  await stop()
  await start()
  await vi.waitFor(async () => {
    expect(await keys()).toEqual({ newest: second, unregistered: [] })
  }, waitMs)
  expect(await registered()).toEqual([first, second])
  await taken()
})

test('without a meta-log nothing is kept for one', async () => {
  await start('none')
  await rotate()
  expect((await keys()).unregistered).toEqual([])
})

test('what the newest registered key has not signed is refused', async () => {
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() =>
    parseSkey(generateNoteKey(origin, 'note').skey),
  )
  const post = async (body: string): Promise<[number, string]> => {
    const answer = await fetch(`${meta.url}/add-key`, { method: 'POST', body })
    return [answer.status, await answer.text()]
  }
  const change = signKeyChange(first!, second!)
  expect((await post(change))[0], 'the log is not registered').toBe(404)
  await meta.add(first!.verifier.vkey)
  const { text } = parseNote(change)
  const half = `${text}\n${signText(text, second!)}`
  expect((await post(half))[0], 'the old key did not sign').toBe(403)
  expect((await post('nonsense'))[0]).toBe(400)
  expect((await post(signKeyChange(second!, third!)))[0], 'the old key is unknown').toBe(403)
  expect((await post(change))[0]).toBe(200)
  expect((await post(change))[0], 'asked again').toBe(200)
  // Whoever stole the first key after its end names no other with it.
  const thief = await post(signKeyChange(first!, third!))
  expect(thief).toEqual([403, expect.stringContaining('not the newest one registered')])
  expect(meta.events).toContainEqual({
    event: 'refused',
    detail: expect.stringContaining(third!.verifier.vkey),
  })
  expect((await post(signKeyChange(second!, third!)))[0]).toBe(200)
  await meta.retire(origin)
  expect(await post(signKeyChange(third!, fourth!))).toEqual([
    403,
    expect.stringContaining('was retired'),
  ])
  expect(await registered()).toEqual([first, second, third].map((signer) => signer!.verifier.vkey))
})

test('an answer that the meta-log has not signed is no acknowledgement', async () => {
  await start()
  await meta.add((await keys()).newest)
  await stop()
  // The URL is the meta-log's; the key that it is to answer with is another's.
  const { verifier } = parseSkey(generateNoteKey('meta.test/other', 'cosignature').skey)
  await start({ key: verifier, url: meta.url })
  const second = await rotate()
  await vi.waitFor(() => {
    expect(said.join('\n')).toContain('ALARM: THE META-LOG REFUSES THE NEW KEY')
  }, waitMs)
  expect((await keys()).unregistered).toEqual([second])
})
