import {
  CheckpointLog,
  createWitness,
  formatAddCheckpoint,
  parseCheckpointLogEntry,
} from '@whodid/witness'
import type { CheckpointLogOptions, CheckpointLogSource } from '@whodid/witness'
import {
  decodeEntryBundle,
  entriesPath,
  generateNoteKey,
  parseCheckpoint,
  parseNote,
  parseSkey,
  proveConsistency,
  verifyCheckpoint,
  verifyConsistency,
} from '@whodid/tlog'

import { expect, test } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'
import { seeded } from './seeded.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { Crash } from './simulated-disk.ts'

const root = '/meta'
const signer = parseSkey(generateNoteKey('meta.test/all', 'note').skey)
const receipts = parseSkey(generateNoteKey('meta.test/all', 'cosignature').skey)
const collectors = ['a', 'b'].map((name) =>
  startWitnessedLog(parseSkey(generateNoteKey(`collector.test/${name}`, 'note').skey)),
)
const stepsMax = 600

/** What was given out: neither may be taken back, whatever crashed. */
interface GivenOut {
  /** Sizes that were acknowledged, by origin. */
  readonly acknowledged: Map<string, number>
  published: string
}

test.each<Crash>(['kill', 'power'])(
  'a %s at any call to the disk takes back nothing that was acknowledged or signed',
  async (how) => {
    let step = 1
    let crashes = 0
    for (; step <= stepsMax; step += 1) {
      const disk = new SimulatedDisk(seeded(step), root)
      const given: GivenOut = { acknowledged: new Map(), published: '' }
      if (!(await liveUntil({ disk, given, step, how }))) break
      crashes += 1
      const options = optionsOn(disk)
      const log = await CheckpointLog.open(options)
      await checkKept(log, given)
      // And it goes on from there, to the end this time.
      await live(log, given)
      await checkKept(await CheckpointLog.open(optionsOn(disk)), given)
    }
    // The whole of a life was gone through, and the last run met no crash any more.
    expect(crashes).toBeGreaterThan(80)
    expect(step).toBeLessThan(stepsMax)
  },
  300_000,
)

test('a checkpoint that was altered is found at the next start', async () => {
  const disk = new SimulatedDisk(seeded(1), root)
  const given: GivenOut = { acknowledged: new Map(), published: '' }
  const log = await CheckpointLog.open(optionsOn(disk))
  await live(log, given)
  disk.damage('/checkpoint', (bytes) => bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20))
  await expect(CheckpointLog.open(optionsOn(disk))).rejects.toMatchObject({ code: 'seal_failed' })
})

test('an entry that was altered, or is lost, is found at the next start', async () => {
  const disk = new SimulatedDisk(seeded(1), root)
  await live(await CheckpointLog.open(optionsOn(disk)), { acknowledged: new Map(), published: '' })
  const bundle = `${root}/0/log/${entriesPath({ index: 0 })}`
  const before = disk.read(bundle)!
  expect(before.length).toBeGreaterThan(100)
  const files = disk.files()
  const handle = await files.open(bundle, 'r+')
  await handle.truncate(before.length - 1)
  await handle.close()
  await expect(CheckpointLog.open(optionsOn(disk))).rejects.toThrow('it was put back')
})

interface Crashing {
  readonly disk: SimulatedDisk
  readonly given: GivenOut
  /** The call to the disk that is the last of this life. */
  readonly step: number
  readonly how: Crash
}

/** Whether the life ended in the crash. */
async function liveUntil({ disk, given, step, how }: Crashing): Promise<boolean> {
  let calls = 0
  let crash = (): void => {}
  const crashed = new Promise<boolean>((resolve) => (crash = () => resolve(true)))
  const counted = <Result>(act: () => Result): Result => {
    const result = act()
    calls += 1
    if (calls === step) {
      disk.crash(how)
      crash()
    }
    return result
  }
  const options = { ...optionsOn(disk), files: watched(disk.files(), counted) }
  const whole = CheckpointLog.open(options)
    .then((log) => live(log, given))
    .then(() => false)
  return Promise.race([whole, crashed])
}

/** Calls each function of the disk, and of what it opens, through `through`. */
function watched<Calls extends object>(
  calls: Calls,
  through: <Result>(act: () => Result) => Result,
): Calls {
  return new Proxy(calls, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...parameters: unknown[]) => {
        const result: unknown = through((): unknown => Reflect.apply(member, target, parameters))
        if (name !== 'open' || !(result instanceof Promise)) return result
        return result.then((handle: object) => watched(handle, through))
      }
    },
  })
}

/** A life: both collectors submit, some at the same moment, and each round is signed. */
async function live(log: CheckpointLog, given: GivenOut): Promise<void> {
  for (const { signer: own } of collectors) await log.register(own.verifier.vkey)
  const witness = createWitness({
    signer: receipts,
    logs: () => log.verifiers,
    state: log.state,
    nowS,
    onEvent: ({ event, detail }) => {
      if (event === 'conflict') throw new Error(detail)
    },
  })
  const submit = async (collector: (typeof collectors)[number]): Promise<void> => {
    const origin = collector.signer.verifier.name
    const known = log.registry.log(origin)?.newest?.note
    const oldSize = known === undefined ? 0 : parseCheckpoint(parseNote(known).text).size
    const checkpoint = collector.growTo(oldSize + 3)
    const proof = await proveConsistency(collector.reader, oldSize, oldSize + 3)
    const body = formatAddCheckpoint({ oldSize, proof, checkpoint })
    const answer = await witness.addCheckpoint(body)
    expect(answer.status, answer.body).toBe(200)
    given.acknowledged.set(origin, oldSize + 3)
  }
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(collectors.map(submit))
    given.published = (await log.sign()) ?? given.published
  }
}

async function checkKept(log: CheckpointLog, { acknowledged, published }: GivenOut): Promise<void> {
  for (const [origin, size] of acknowledged) {
    const newest = log.registry.log(origin)?.newest
    expect(parseCheckpoint(parseNote(newest!.note).text).size).toBeGreaterThanOrEqual(size)
  }
  const note = await log.sign()
  const now = note ?? (await textOf(log.reader, 'checkpoint'))
  if (now === undefined) {
    expect(published).toBe('')
    return
  }
  const { checkpoint } = verifyCheckpoint(now, signer.verifier)
  expect(checkpoint.size).toBe(log.registry.size)
  if (published !== '') {
    const before = verifyCheckpoint(published, signer.verifier).checkpoint
    const proof = await proveConsistency(log.reader, before.size, checkpoint.size)
    const claim = { from: before.size, fromRoot: before.root, to: checkpoint.size }
    verifyConsistency({ ...claim, toRoot: checkpoint.root, proof })
  }
  const width = Math.min(checkpoint.size, 256)
  const bundle = decodeEntryBundle((await log.reader.read(entriesPath({ index: 0, width })))!)
  expect(bundle.every((entry) => parseCheckpointLogEntry(entry) !== undefined)).toBe(true)
}

async function textOf(source: CheckpointLogSource, path: string): Promise<string | undefined> {
  return (await source.read(path))?.toString()
}

function optionsOn(disk: SimulatedDisk): CheckpointLogOptions {
  return {
    files: disk.files(),
    dir: `${root}/0/log`,
    headPath: `${root}/0/head`,
    signer,
    receipts,
    nowS,
    heartbeatS: 45,
  }
}

function nowS(): number {
  return Math.floor(Date.now() / 1000)
}
