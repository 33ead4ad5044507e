import { mkdtemp, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  generateNoteKey,
  leafHash,
  parseKeyEpochs,
  proveInclusion,
  verifyEpochCheckpoint,
  verifyInclusion,
} from '@whodid/tlog'
import { TileFiles, systemFiles } from '@whodid/tlog-posix'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { formatNextKey } from './key-file.ts'
import { nextKeyPath } from './key-ring.ts'
import type { SequencerDeps } from './sequencer-options.ts'
import { Sequencer } from './sequencer.ts'

const origin = 'ledger.example/c1'
let root: string
let dir: string
let nowUnixMs: number
let problems: string[]
const opened: Sequencer[] = []

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'whodid-seal-'))
  dir = join(root, 'c1')
  nowUnixMs = 1_000
  problems = []
})

afterEach(async () => {
  for (const sequencer of opened.splice(0)) await sequencer.stop()
  await rm(root, { recursive: true })
})

const leaf = (index: number): Buffer => leafHash(Buffer.from(`record ${index}`))

function run(first: number, count: number): { firstIndex: number; leaves: Buffer } {
  const leaves = Array.from({ length: count }, (_, place) => leaf(first + place))
  return { firstIndex: first, leaves: Buffer.concat(leaves) }
}

/** A sequencer whose own records are leaves as any other. */
async function open(changes: Partial<SequencerDeps> = {}): Promise<Sequencer> {
  const sequencer = await Sequencer.open({
    origin,
    dir,
    keysDir: join(root, 'keys'),
    files: systemFiles,
    limits: { ...collectorLimits, checkpointIntervalMs: 5 },
    witnesses: [],
    metaLog: undefined,
    nowUnixMs: () => nowUnixMs,
    onProblem: (message) => problems.push(message),
    ...changes,
  })
  opened.push(sequencer)
  const next = (): number => (sequencer.sealedSize ?? 0) + sequencer.unsealedCount
  sequencer.begin([], () => {
    sequencer.take(run(next(), 1))
    return Promise.resolve({ appendedCount: 1, duplicateCount: 0 })
  })
  return sequencer
}

async function readEpochs(): Promise<ReturnType<typeof parseKeyEpochs>> {
  return parseKeyEpochs(await readFile(join(dir, 'keys')))
}

describe('sequencer', () => {
  it('seals what it takes: every leaf is proved under a checkpoint that its key signed', async () => {
    const sequencer = await open()
    for (const [first, count] of [
      [0, 1],
      [1, 300],
      [301, 70_000],
    ] as const) {
      sequencer.take(run(first, count))
      await sequencer.sealed()
    }
    const { size, root: treeRoot } = verifyEpochCheckpoint(
      await readFile(join(dir, 'checkpoint')),
      await readEpochs(),
    )
    expect(size).toBe(70_301)
    const reader = new TileFiles(systemFiles, dir)
    for (const index of [0, 1, 255, 256, 300, 65_535, 65_536, 70_300]) {
      const proof = await proveInclusion(reader, index, size)
      verifyInclusion({ leaf: leaf(index), index, size, root: treeRoot, proof })
    }
    const history = await readFile(join(dir, 'checkpoints', '0000000000000001'), 'utf8')
    expect(history.match(/^ledger\.example\/c1\n\d+$/gmu)).toEqual(
      [1, 301, 70_301].map((at) => `${origin}\n${at}`),
    )
    expect((await stat(join(root, 'keys', 'log-c1.json'))).mode & 0o777).toBe(0o600)
  })

  it('goes on after a restart, and refuses tiles, checkpoints and heads that were put back', async () => {
    const sequencer = await open()
    sequencer.take(run(0, 300))
    await sequencer.sealed()
    const old = await readFile(join(dir, 'checkpoint'))
    sequencer.take(run(300, 5))
    await sequencer.sealed()
    const newest = await readFile(join(dir, 'checkpoint'))
    await sequencer.stop()
    expect((await open()).sealedSize).toBe(305)

    // A crash before publishing leaves the old one, and is no damage.
    await writeFile(join(dir, 'checkpoint'), old)
    expect((await open()).sealedSize).toBe(305)
    expect((await readFile(join(dir, 'checkpoint'))).equals(newest)).toBe(true)

    const tile = join(dir, 'tile/0/001.p/49')
    const bytes = await readFile(tile)
    bytes[5]! ^= 1
    await writeFile(tile, bytes)
    const damaged = await open()
    expect(damaged.sealedSize).toBeUndefined()
    expect(damaged.levels.sealFailure).toContain('another root')
    expect(problems.at(-1)).toContain('NOTHING IS SEALED')
    bytes[5]! ^= 1
    await writeFile(tile, bytes)

    await writeFile(join(dir, 'checkpoints', '0000000000000300'), `${old.toString()}\n`)
    await writeFile(join(dir, 'checkpoint'), old)
    expect((await open()).levels.sealFailure).toContain('was put back')
  })

  it('stops for good when something else writes its checkpoint', async () => {
    const sequencer = await open()
    sequencer.take(run(0, 3))
    await sequencer.sealed()
    const note = await readFile(join(dir, 'checkpoint'), 'utf8')
    await writeFile(join(dir, 'checkpoint'), note.replace('\n3\n', '\n4\n'))
    sequencer.take(run(3, 1))
    void sequencer.sealed()
    await expect.poll(() => sequencer.levels.sealFailure).toContain('something else has written it')
    expect(sequencer.isSealed(1)).toBe(false)
  })

  it('stops rather than put a leaf in a wrong place', async () => {
    const sequencer = await open()
    sequencer.take(run(0, 3))
    sequencer.take(run(4, 1))
    void sequencer.sealed()
    await expect
      .poll(() => sequencer.levels.sealFailure)
      .toContain('expected the leaf 3 next; got 4')
  })

  it('does not sign with a new key when the old one is lost', async () => {
    const sequencer = await open()
    sequencer.take(run(0, 3))
    await sequencer.sealed()
    await sequencer.stop()
    await unlink(join(root, 'keys', 'log-c1.json'))
    expect((await open()).levels.sealFailure).toContain('it is missing')
  })

  it('goes over to another key on record, both signing for a while, and forgets the old one', async () => {
    const sequencer = await open()
    sequencer.take(run(0, 3))
    await sequencer.sealed()
    const before = await readFile(join(dir, 'checkpoint'), 'utf8')
    const key = generateNoteKey(origin, 'note')
    await writeFile(
      nextKeyPath(join(root, 'keys'), origin),
      formatNextKey({ ...key, overlapMs: 100 }),
    )
    await expect.poll(async () => (await readEpochs()).length).toBe(2)
    // The record of the change is the leaf 3, under the old key.
    expect(await readEpochs()).toMatchObject([
      { fromSize: 0, toSize: null },
      { vkey: key.vkey, fromSize: 5, toSize: null },
    ])
    sequencer.take(run(4, 1))
    await sequencer.sealed()
    const both = await readFile(join(dir, 'checkpoint'), 'utf8')
    expect(both.match(/^— /gmu)).toHaveLength(2)
    nowUnixMs += 200
    await expect.poll(async () => (await readEpochs())[0]?.toSize).toBe(5)
    sequencer.take(run(5, 1))
    await sequencer.sealed()
    const after = await readFile(join(dir, 'checkpoint'), 'utf8')
    const epochs = await readEpochs()
    for (const note of [before, both, after]) verifyEpochCheckpoint(note, epochs)
    expect(after.match(/^— /gmu)).toHaveLength(1)
    expect(await readFile(join(root, 'keys', 'log-c1.json'), 'utf8')).toContain('"skey": ""')
    await sequencer.stop()
    expect((await open()).sealedSize).toBe(6)
  })

  it('says that it lives when nothing else does', async () => {
    const limits = { ...collectorLimits, checkpointIntervalMs: 5, heartbeatIntervalMs: 10 }
    const sequencer = await open({ limits })
    await expect.poll(() => sequencer.sealedSize).toBeGreaterThan(1)
  })
})
