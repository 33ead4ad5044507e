import { formatCheckpoint, generateNoteKey, parseSkey, signNote } from '@whodid/tlog'
import { expect, test } from 'vitest'
import { heldCosignature } from './held-cosignature.ts'

const origin = 'ledger.example/c1'
const log = parseSkey(generateNoteKey(origin, 'note').skey)
const first = parseSkey(generateNoteKey('witness.example/w1', 'cosignature').skey)
const second = parseSkey(generateNoteKey('witness.example/w2', 'cosignature').skey)

function note(size: number, ...signers: (typeof log)[]): string {
  const text = formatCheckpoint({ origin, size, root: Buffer.alloc(32, size % 251) })
  return signNote(text, [log, ...signers], 1_790_000_000 + size)
}

test.each([
  ['no note', [], undefined],
  ['what is none', ['', 'x', 'a\n\nb'], undefined],
  ["the log's signature alone", [note(5)], undefined],
  ["another witness's", [note(5, second)], undefined],
  ['an altered text', [note(5, first).replace('\n5\n', '\n6\n')], undefined],
  ['its own', [note(250_119, first)], 250_119],
  ['its own beside others', [note(5, second, first), note(9, second)], 5],
  ['several', [note(5, first), note(7, second), note(6, first), note(3, first)], 6],
])('of %s', (_, notes, size) => {
  const held = heldCosignature(notes, { origin, witness: first.verifier })
  expect(held).toEqual(size === undefined ? undefined : { size, timeS: 1_790_000_000 + size })
})

test('a cosignature on another log is none on this one', () => {
  const sought = { origin: 'ledger.example/c2', witness: first.verifier }
  expect(heldCosignature([note(5, first)], sought)).toBeUndefined()
})
