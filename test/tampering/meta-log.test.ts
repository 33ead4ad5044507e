import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { judgeCheckpointLog, lostReceipts } from '@whodid/verify'
import type { CheckpointLogAge, FindingCode } from '@whodid/verify'
import { createDirectorySource } from '@whodid/witness'
import { entriesPath, generateNoteKey, parseSkey, signNote, parseNote } from '@whodid/tlog'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { newTrace } from '../harness/ledger.ts'
import { createTestLog } from '../harness/sealed-log.ts'
import type { TestLog } from '../harness/sealed-log.ts'
import { startTestMetaLog } from '../harness/test-meta-log.ts'
import type { TestMetaLog } from '../harness/test-meta-log.ts'
import { startTestWitness } from '../harness/test-witness.ts'

/**
 * What is done to several collectors' logs by somebody who has all of their databases, tiles and keys, and to the meta-log by
 * somebody who has its directory, and where said its keys.
 */
let meta: TestMetaLog
let one: TestLog
let two: TestLog

beforeEach(async () => {
  meta = await startTestMetaLog()
  one = createTestLog('tampering.test/c1')
  two = createTestLog('tampering.test/c2')
  for (const log of [one, two]) {
    log.seal(records(40))
    await meta.add(log.signer.verifier.vkey)
    await meta.take(log)
  }
})

afterEach(() => meta.stop())

describe('nothing was done', () => {
  test('nothing is found, over checkpoints, restarts and answers that are lost', async () => {
    expect(await codes([one, two])).toEqual([])
    for (let step = 1; step <= 30; step += 1) {
      const log = step % 3 === 0 ? two : one
      log.seal(records(step % 7 === 0 ? 300 : 3))
      if (step % 5 === 0) log.seal(records(2))
      await meta.take(log)
      // Asked for again: the same leaf.
      if (step % 4 === 0) expect((await meta.submit(log)).outcome).toBe('cosigned')
      if (step % 10 === 0) await meta.restart()
      expect(await codes([one, two]), `step ${step}`).toEqual([])
    }
    const { registry } = await meta.readSound()
    expect(registry.log(one.origin)?.checkpointCount).toBe(1 + 20)
    expect(meta.events.filter(({ event }) => event !== 'registered' && event !== 'first')).toEqual(
      [],
    )
  })

  test('a log that was sealed further since is not behind, and the meta-log can be read from its directory', async () => {
    one.seal(records(500))
    expect(await codes([one, two])).toEqual([])
    const source = createDirectorySource(meta.dir)
    const { log, registry } = await meta.readSound({ source })
    expect(log.checkpoint.size).toBe(registry.size)
  })

  test('its tiles and entries may be cached for ever, its notes and what is not there not', async () => {
    const cached = async (path: string): Promise<string | null> =>
      (await fetch(`${meta.url}/${path}`)).headers.get('cache-control')
    const forEver = 'public, max-age=31536000, immutable'
    expect(await cached('tile/0/000.p/1')).toBe(forEver)
    expect(await cached(entriesPath({ index: 0, width: 1 }))).toBe(forEver)
    for (const path of ['checkpoint', 'tile/0/009', 'nothing'])
      expect(await cached(path), path).toBe('no-store')
  })

  test('a log goes over to another key, once that is registered', async () => {
    const next = parseSkey(generateNoteKey(one.origin, 'note').skey)
    one.seal(records(3))
    const { text } = parseNote(one.note)
    one.note = signNote(text, [next])
    expect((await meta.submit(one)).outcome).toBe('refused')
    expect(await codes([one, two])).toEqual(['checkpoint_signature'])
    await meta.add(next.verifier.vkey)
    await meta.take(one)
    expect(await codes([one, two])).toEqual([])
  })
})

describe('a collector', () => {
  test('its log is dropped: rows, tiles, keys and all', async () => {
    expect(await codes([one])).toEqual(['log_missing'])
    const [finding] = await judge([one])
    expect(finding).toMatchObject({
      log: two.origin,
      text: 'the meta-log registers the log; it is not here; it has had at least 40 records',
    })
  })

  test('its past is written anew with its own key', async () => {
    const forged = createTestLog(one.origin)
    forged.seal(records(40))
    expect(forged.note).not.toBe(one.note)
    expect(await codes([forged, two])).toEqual(['forked'])
    expect((await meta.submit(forged)).outcome).toBe('fork')
    forged.seal(records(5))
    expect(await codes([forged, two])).toEqual(['forked'])
    expect((await meta.submit(forged)).outcome).toBe('fork')
    expect(meta.events.filter(({ event }) => event === 'conflict')).toHaveLength(2)
    // What it refused is no leaf, and the true log goes on.
    one.seal(records(1))
    await meta.take(one)
    expect(await codes([one, two])).toEqual([])
  })

  test('it is put back', async () => {
    const before = { ...one, tiles: new Map(one.tiles) }
    one.seal(records(10))
    await meta.take(one)
    const shown = { ...before, reader: { read: async (path: string) => before.tiles.get(path) } }
    expect(await codes([shown, two])).toEqual(['rolled_back'])
    expect((await meta.submit(shown)).outcome).toBe('ahead')
  })

  test('it falls silent', async () => {
    expect(await codes([one, two], { nowS: nowS() + 450 })).toEqual([])
    // With it the whole meta-log here: no heartbeat of it is from the future.
    expect(await codes([one, two], { nowS: nowS() + 700 })).toEqual([
      'checkpoint_stale',
      'checkpoint_stale',
      'checkpoint_stale',
    ])
    expect(await codes([one, two], { nowS: nowS() + 700, ageSMax: 800 })).toEqual([])
  })

  test('it is one that nobody registered', async () => {
    const third = createTestLog('tampering.test/c3')
    third.seal(records(3))
    expect((await meta.submit(third)).outcome).toBe('refused')
    expect(await codes([one, two, third])).toEqual(['unregistered_log'])
  })

  test('it goes on after it was retired, or is gone with what it had', async () => {
    await meta.retire(two.origin)
    expect(await codes([one, two], { nowS: nowS() })).toEqual([])
    expect(await codes([one])).toEqual(['log_missing'])
    two.seal(records(1))
    expect((await meta.submit(two)).outcome).toBe('refused')
    expect(await codes([one, two])).toEqual(['unregistered_log'])
  })
})

describe('the meta-log', () => {
  test('is made anew with its stolen keys, without the collector that was dropped', async () => {
    const remembered = await meta.checkpoint()
    const forged = await startTestMetaLog(meta.keys)
    try {
      await forged.add(one.signer.verifier.vkey)
      await forged.take(one)
      // Alone it cannot tell: who remembers nothing of it is shown two consistent lies.
      expect(await judgeBy(forged, [one])).toEqual([])
      const { findings } = await forged.read({ anchors: [remembered] })
      expect(findings.map(({ code }) => code)).toEqual(['rolled_back'])
      for (let step = 0; step < 5; step += 1) {
        one.seal(records(1))
        await forged.take(one)
      }
      const later = await forged.read({ anchors: [remembered] })
      expect(later.findings.map(({ code }) => code)).toEqual(['checkpoint_inconsistent'])
    } finally {
      await forged.stop()
    }
  })

  test('and its witness, asked itself, remembers the true one', async () => {
    const witness = await startTestWitness('witness.test/w1', [meta.keys.signer.verifier])
    // What it cosigns first it takes on its word: the true one.
    await witness.cosign(await meta.checkpoint(), createDirectorySource(meta.dir))
    const forged = await startTestMetaLog(meta.keys, [witness.endpoint])
    try {
      for (let step = 0; step < 8; step += 1) {
        one.seal(records(1))
        if (step === 0) await forged.add(one.signer.verifier.vkey)
        await forged.take(one)
      }
      expect(await judgeBy(forged, [one])).toEqual([])
      const served = [await witness.served(meta.keys.signer.verifier.name)]
      const { findings } = await forged.read({
        witnesses: { policy: witness.policy, served, nowS: nowS() },
      })
      expect(findings.map(({ code }) => code)).toEqual(['checkpoint_inconsistent'])
      const kept = async (): Promise<void> => expect(await witness.conflicts()).not.toHaveLength(0)
      await vi.waitFor(kept, { timeout: 60_000, interval: 100 })
    } finally {
      await forged.stop()
      await witness.stop()
    }
  })

  test('is put back: its key remembers, a checkpoint that was kept does, and so do the collectors', async () => {
    await meta.backUp()
    one.seal(records(10))
    const beforeS = nowS()
    const recorded = await meta.take(one)
    const remembered = await meta.checkpoint()
    await expect(meta.restore('without the head')).rejects.toMatchObject({ code: 'seal_failed' })
    await meta.restore('head too')
    expect(await codes([one, two])).toEqual([])
    const { findings } = await meta.read({ anchors: [remembered] })
    expect(findings.map(({ code }) => code)).toEqual(['rolled_back'])
    const shown = await meta.readSound()
    expect(lostReceipts(shown, [recorded], nowS() + 100)).toMatchObject([
      { code: 'rolled_back', log: meta.keys.signer.verifier.name },
    ])
    // One that was acknowledged a moment ago need not be signed yet; one that somebody else signed says nothing.
    expect(lostReceipts(shown, [recorded], beforeS)).toEqual([])
    expect(lostReceipts(shown, [one.note, 'nonsense'], nowS() + 100)).toEqual([])
  })

  test('an entry of it is changed, or left out', async () => {
    const path = join(meta.dir, entriesPath({ index: 0 }))
    const whole = await readFile(path)
    for (const [name, changed] of [
      ['changed', Buffer.from(whole.toString('latin1').replace('c2', 'c9'), 'latin1')],
      ['left out', whole.subarray(0, whole.length - 2)],
    ] as const) {
      expect(changed.equals(whole), name).toBe(false)
      await writeFile(path, changed)
      const { meta: read, findings } = await meta.read()
      expect(read, name).toBeUndefined()
      expect(findings.length, name).toBeGreaterThan(0)
    }
    await writeFile(path, whole)
    expect(await codes([one, two])).toEqual([])
  })

  test('is signed by somebody else of its name', async () => {
    const stranger = await startTestMetaLog()
    try {
      const { findings } = await stranger.read({ vkey: meta.keys.signer.verifier.vkey })
      expect(findings.map(({ code }) => code)).toEqual(['checkpoint_signature'])
    } finally {
      await stranger.stop()
    }
  })
})

async function judge(
  shown: readonly TestLog[],
  age: CheckpointLogAge = { nowS: nowS() },
): ReturnType<typeof judgeCheckpointLog> {
  return judgeCheckpointLog(await meta.readSound(), shown.map(evidenceOf), age)
}

async function codes(shown: readonly TestLog[], age?: CheckpointLogAge): Promise<FindingCode[]> {
  return (await judge(shown, age)).map(({ code }) => code)
}

async function judgeBy(other: TestMetaLog, shown: readonly TestLog[]): Promise<FindingCode[]> {
  const read = await other.readSound()
  const findings = await judgeCheckpointLog(read, shown.map(evidenceOf), { nowS: nowS() })
  return findings.map(({ code }) => code)
}

function evidenceOf({ origin, reader: tiles, note, epochs }: TestLog) {
  return { origin, tiles, note, epochs }
}

function records(count: number) {
  const trace = newTrace()
  return Array.from({ length: count }, () => trace.record({ recordKind: 'tool_call' }))
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
