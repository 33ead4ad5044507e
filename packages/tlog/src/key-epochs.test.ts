import { expect, it } from 'vitest'
import { formatCheckpoint } from './checkpoint.ts'
import { formatKeyEpochs, parseKeyEpochs, verifyEpochCheckpoint } from './key-epochs.ts'
import type { KeyEpoch } from './key-epochs.ts'
import { signNote } from './note.ts'
import { generateNoteKey, parseSkey } from './note-key.ts'

const origin = 'ledger.example/c1'
const [first, second, third] = [1, 2, 3].map((seed) =>
  parseSkey(generateNoteKey(origin, 'note', Buffer.alloc(32, seed)).skey),
)
const root = Buffer.alloc(32, 7)

/** Keys that took over at 100 and at 200; the first signed on for ten more. */
const epochs: readonly KeyEpoch[] = [
  { vkey: first!.verifier.vkey, fromSize: 0, toSize: 110 },
  { vkey: second!.verifier.vkey, fromSize: 100, toSize: 200 },
  { vkey: third!.verifier.vkey, fromSize: 200, toSize: null },
]

function check(size: number, ...signers: (typeof first)[]): number | string {
  const note = signNote(
    formatCheckpoint({ origin, size, root }),
    signers.map((signer) => signer!),
  )
  try {
    return verifyEpochCheckpoint(note, epochs).size
  } catch (thrown) {
    return String(Reflect.get(Object(thrown), 'code'))
  }
}

it('takes a checkpoint that the key of its size has signed, alone or with one that still may', () => {
  expect([check(99, first), check(100, second), check(105, first, second)]).toEqual([99, 100, 105])
  expect([check(200, third), check(200, second, third), check(9_999, third)]).toEqual([
    200, 200, 9_999,
  ])
})

it.each([
  ['before it began', check(99, second)],
  ['long before it began', check(50, third)],
  ['after it was followed, alone', check(105, first)],
  ['after it ended, alone', check(111, first)],
  ['after it ended, beside its successor', check(111, first, second)],
  ['of the second epoch, after its end', check(201, second)],
  ['the two that ended, together', check(300, first, second)],
])('refuses a key that signs %s', (_, code) => {
  expect(code).toBe('wrong_epoch')
})

it('refuses keys whose epochs do not follow one another', () => {
  expect(parseKeyEpochs(formatKeyEpochs(epochs))).toEqual(epochs)
  const [one, two] = [epochs[0]!, epochs[1]!]
  expect(() => formatKeyEpochs([two, one])).toThrow(/from_size/u)
  expect(() => formatKeyEpochs([two])).toThrow(/from_size/u)
  expect(() => formatKeyEpochs([one, { ...two, fromSize: 0 }])).toThrow(/from_size/u)
})
