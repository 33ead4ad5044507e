import type { LogTrees } from '@whodid/tlog-posix'
import {
  addSignatures,
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  leafHash,
  parsePolicy,
  parseSkey,
  rootOf,
  signNote,
  signText,
} from '@whodid/tlog'
import type { Policy } from '@whodid/tlog'
import { expect, it } from 'vitest'
import { nothingMonitored } from '../integrity-monitor.ts'
import type { IntegrityMonitor } from '../integrity-monitor.ts'
import { verifyQuotedRecords } from './verify-quoted-records.ts'

const origin = 'ledger.example/c1'
const { skey, vkey } = generateNoteKey(origin, 'note')
const log = parseSkey(skey)
const witness = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)
const leaves = Array.from({ length: 300 }, (_, n) => leafHash(Buffer.from(`row ${n}`)))
const tiles = new Map<string, Buffer>()
for (const size of [200, 300])
  for (const { path, bytes } of appendLeaves(emptyEdge, leaves.slice(0, size)).tiles)
    tiles.set(path, bytes)

it('proves by what witnesses have cosigned, and by the newest checkpoint what they have not', async () => {
  const cosigned = addSignatures(noteOf(200), [signText(textOf(200), witness, 1_700_000_000)])
  const judged = await judge([10, 250, 300], noteOf(300), [cosigned])
  expect(judged.map(({ state, checkpoint }) => [state, checkpoint])).toEqual([
    ['sealed', cosigned],
    ['sealed', noteOf(300)],
    ['pending', ''],
  ])
  expect((await judge([10], noteOf(300), [])).map(({ checkpoint }) => checkpoint)).toEqual([
    noteOf(300),
  ])
})

it('fails when witnesses have cosigned more than is shown: the log was put back', async () => {
  const [judged] = await judge([10], noteOf(200), [noteOf(300)])
  expect(judged).toMatchObject({
    state: 'failed',
    why: 'the log was put back: witnesses have cosigned 300 records, it shows 200',
  })
})

it('fails when what was cosigned is of another past', async () => {
  const other = leaves.map((leaf, n) => (n === 150 ? leafHash(Buffer.from('another')) : leaf))
  const cosigned = noteOf(200, other)
  const judged = await judge([10, 250], noteOf(300), [cosigned])
  expect(judged.map(({ state }) => state)).toEqual(['failed', 'sealed'])
})

it('fails when what was cosigned is not the log’s', async () => {
  const stranger = parseSkey(generateNoteKey(origin, 'note').skey)
  const [judged] = await judge([10], noteOf(300), [signNote(textOf(200), [stranger])])
  expect(judged?.state).toBe('failed')
})

it('says against whom each row holds', async () => {
  const cosigned = addSignatures(noteOf(200), [signText(textOf(200), witness, 1_700_000_000)])
  const indexes = [10, 250, 300]
  const assured = async (watch?: IntegrityMonitor) =>
    (await judge(indexes, noteOf(300), [cosigned, watch])).map(({ assurance }) => assurance)
  expect(await assured()).toEqual(['local', 'local', null])
  expect(await assured(watching(policyOf('any')))).toEqual(['witnessed', 'local', null])
  // One of two is not all of them.
  expect(await assured(watching(policyOf('all')))).toEqual(['local', 'local', null])
  expect(await assured(watching(parsePolicy('quorum none\n')))).toEqual(['local', 'local', null])
  const monitored = new Map([
    [
      origin,
      {
        size: 300,
        assurance: 'witnessed+monitored' as const,
        assuredSize: 200,
        lookedUnixMs: Date.now(),
      },
    ],
  ])
  const watch = watching(policyOf('any'), { ...nothingMonitored, logs: monitored })
  expect(await assured(watch)).toEqual(['witnessed+monitored', 'local', null])
})

it('fails when a cosignature is not of what it stands under', async () => {
  const cosigned = addSignatures(noteOf(200), [signText(textOf(100), witness, 1_700_000_000)])
  const [judged] = await judge([10], noteOf(300), [cosigned, watching(policyOf('any'))])
  expect(judged).toMatchObject({ state: 'failed', assurance: null })
})

function policyOf(quorum: 'any' | 'all'): Policy {
  const other = generateNoteKey('witness.example/w2', 'cosignature').vkey
  const lines = [
    `witness w1 ${witness.verifier.vkey}`,
    `witness w2 ${other}`,
    `group g ${quorum} w1 w2`,
    'quorum g',
  ]
  return parsePolicy(`${lines.join('\n')}\n`)
}

function watching(policy: Policy, state = nothingMonitored): IntegrityMonitor {
  return { policy, state: () => state }
}

function textOf(size: number, of = leaves): string {
  return formatCheckpoint({
    origin,
    size,
    root: rootOf(appendLeaves(emptyEdge, of.slice(0, size)).edge),
  })
}

function noteOf(size: number, of = leaves): string {
  return signNote(textOf(size, of), [log])
}

function judge(
  indexes: readonly number[],
  checkpoint: string,
  [cosigned, watch]: readonly [cosigned?: string, watch?: IntegrityMonitor | undefined],
) {
  const tree = {
    origin,
    name: 'c1',
    tiles: { read: (path: string) => Promise.resolve(tiles.get(path)) },
    epochs: [{ vkey, fromSize: 0, toSize: null }],
    checkpoint: () => Promise.resolve(checkpoint),
    cosigned: () => Promise.resolve(cosigned),
    checkpoints: () => Promise.resolve([]),
  }
  const trees: LogTrees = {
    all: () => Promise.resolve([tree]),
    byOrigin: () => Promise.resolve(tree),
    byName: () => Promise.resolve(tree),
  }
  const claims = indexes.map((index) => ({
    span: `row-${index}`,
    log: origin,
    index,
    leaf: leaves[index] ?? leafHash(Buffer.from('none')),
  }))
  return verifyQuotedRecords(trees, claims, watch)
}
