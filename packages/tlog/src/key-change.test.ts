import { expect, it } from 'vitest'
import { signKeyChange, verifyKeyChange } from './key-change.ts'
import { addSignatures, parseNote, signNote, signText } from './note.ts'
import { generateNoteKey, parseSkey } from './note-key.ts'

const origin = 'ledger.example/c1'
const [first, second, stranger] = [origin, origin, 'other.example/c1'].map((name, seed) =>
  parseSkey(generateNoteKey(name, 'note', Buffer.alloc(32, seed + 1)).skey),
)
const note = signKeyChange(first!, second!)
const { text } = parseNote(note)

function refused(given: string): unknown {
  try {
    return verifyKeyChange(given)
  } catch (thrown) {
    return Reflect.get(Object(thrown), 'code')
  }
}

it('reads what both keys have signed, which is the same bytes each time', () => {
  const change = { origin, oldVkey: first!.verifier.vkey, newVkey: second!.verifier.vkey }
  expect(verifyKeyChange(note)).toEqual(change)
  expect(signKeyChange(first!, second!)).toBe(note)
  // A line of a key that is no party to it is passed over.
  expect(verifyKeyChange(addSignatures(note, [signText(text, stranger!)]))).toEqual(change)
})

it.each([
  ['the old key alone', signNote(text, [first!]), 'unknown_signer'],
  ['the new key alone', signNote(text, [second!]), 'unknown_signer'],
  ['strangers', signNote(text, [stranger!]), 'unknown_signer'],
  ['another text under the signatures', note.replace(origin, 'ledger.example/c2'), 'malformed_key'],
  ['a flipped signature', flipped(), 'invalid_signature'],
  ['one line more', signNote(`${text}more\n`, [first!, second!]), 'malformed_note'],
  ['another header', signNote(text.replace('v1', 'v2'), [first!, second!]), 'malformed_note'],
  ['a change to itself', signNote(sameKey(), [first!]), 'malformed_key'],
  ['no note', 'nonsense', 'malformed_note'],
])('refuses %s', (_, given, code) => {
  expect(refused(given)).toBe(code)
})

it('signs no change between two logs', () => {
  expect(() => signKeyChange(first!, stranger!)).toThrow(/two keys of the log/u)
})

function sameKey(): string {
  return text.replace(second!.verifier.vkey, first!.verifier.vkey)
}

function flipped(): string {
  const [line = '', ...others] = note.split('\n').toReversed().slice(1)
  const base64 = line.split(' ')[2] ?? ''
  const bytes = Buffer.from(base64, 'base64')
  bytes[20]! ^= 1
  return [...others.toReversed(), line.replace(base64, bytes.toString('base64')), ''].join('\n')
}
