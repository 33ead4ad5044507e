import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { decodeEntryBundle, encodeEntryBundle } from './entry-bundle.ts'
import { parseKeyEpochs } from './key-epochs.ts'
import { generateNoteKey, parseSkey, parseVkey } from './note-key.ts'
import {
  addSignatures,
  parseNote,
  parseSignatures,
  signNote,
  signText,
  verifyNote,
} from './note.ts'
import { parsePolicy } from './policy.ts'
import { ProofError } from './proof-error.ts'
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts'

const { skey, vkey } = generateNoteKey('example.com/log', 'note', Buffer.alloc(32, 1))
const log = parseSkey(skey)
const witness = generateNoteKey('example.com/w1', 'cosignature', Buffer.alloc(32, 2))
const root = Buffer.alloc(32, 7)
const text = formatCheckpoint({ origin: 'example.com/log', size: 41, root })
const line = signText(text, parseSkey(witness.skey), 1_700_000_000)
const note = addSignatures(signNote(text, [log]), [line])

const readers: readonly (readonly [string, string, (bytes: Buffer) => unknown])[] = [
  ['a note', note, parseNote],
  ['a checked note', note, (bytes) => verifyNote(bytes, [log.verifier])],
  [
    'a checkpoint',
    note,
    (bytes) => verifyCheckpoint(bytes, log.verifier, [parseVkey(witness.vkey)]),
  ],
  ['a checkpoint’s text', text, (bytes) => parseCheckpoint(bytes.toString('utf8'))],
  ['signature lines', line, (bytes) => parseSignatures(bytes.toString('utf8'))],
  ['a verifier key', vkey, (bytes) => parseVkey(bytes.toString('utf8'))],
  ['a signer key', skey, (bytes) => parseSkey(bytes.toString('utf8'))],
  ['key epochs', `${JSON.stringify({ vkey, from_size: 0, to_size: null })}\n`, parseKeyEpochs],
  ['a policy', `log ${vkey}\nwitness a ${witness.vkey}\ngroup g all a\nquorum g\n`, parsePolicy],
  ['a proof', formatTlogProof({ index: 3, proof: [root, root], checkpoint: note }), parseTlogProof],
  [
    'an entry bundle',
    encodeEntryBundle([Buffer.from('a'), Buffer.from('bc')]).toString('latin1'),
    decodeEntryBundle,
  ],
]

describe('hostile input', () => {
  it.each(readers)('%s: whatever comes is read or refused by a ProofError', (_, good, read) => {
    const whole = Buffer.from(good, good.includes('\0') ? 'latin1' : 'utf8')
    read(whole)
    const mutations = fc.array(
      fc.record({
        at: fc.nat({ max: whole.length }),
        removed: fc.nat({ max: 40 }),
        added: fc.oneof(
          fc.uint8Array({ maxLength: 12 }),
          fc
            .constantFrom('\n', '\n\n', ' ', '=', '— ', '0', '-1', '{"a":', '__proto__', '\u2028')
            .map((part) => Buffer.from(part)),
          fc.nat({ max: whole.length }).map((from) => whole.subarray(from, from + 60)),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(mutations, (edits) => {
        let bytes = whole
        for (const { at, removed, added } of edits)
          bytes = Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)])
        try {
          read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ProofError)
        }
      }),
      { numRuns: 1500 },
    )
  })

  it('a signature has one spelling: the same number plus the group’s order is another, and refused', () => {
    const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
    const only = signNote(text, [log])
    const base64 = only.trimEnd().split(' ').at(-1)!
    const bytes = Buffer.from(base64, 'base64')
    const scalar = BigInt(`0x${Buffer.from(bytes.subarray(36)).reverse().toString('hex')}`) + order
    Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 36)
    const other = only.replace(base64, bytes.toString('base64'))
    expect(other).not.toBe(only)
    expect(() => verifyNote(other, [log.verifier])).toThrow('does not verify')
  })
})
