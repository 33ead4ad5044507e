import { openSealedLog } from '@whodid/verify'
import type { FindingCode } from '@whodid/verify'
import {
  addSignatures,
  formatTlogProof,
  generateNoteKey,
  leafHash,
  parseNote,
  parseSkey,
  parseTlogProof,
  ProofError,
  proveInclusion,
  signNote,
  signText,
  verifyEpochCheckpoint,
  verifyInclusion,
} from '@whodid/tlog'
import type { KeyEpoch } from '@whodid/tlog'
import { describe, expect, test } from 'vitest'
import { startWitnessedLog } from '../harness/witnessed-log.ts'

/** What may be done to a checkpoint or a proof on its way to whoever checks it. */
const log = startWitnessedLog()
const size = 300
const note = log.growTo(size)
const { text } = parseNote(note)
const origin = log.signer.verifier.name
const epochs: readonly KeyEpoch[] = [{ vkey: log.signer.verifier.vkey, fromSize: 0, toSize: null }]
const index = 123
const leaf = leafHash(Buffer.from(`leaf ${index}`))
const proof = formatTlogProof({
  index,
  proof: await proveInclusion(log.reader, index, size),
  checkpoint: note,
})

describe('a checkpoint', () => {
  test('untouched, is one', async () => {
    expect(await codes(note)).toEqual([])
  })

  test('with any byte of it changed or left out is none', async () => {
    const bytes = Buffer.from(note)
    for (let place = 0; place < bytes.length; place++) {
      for (const mask of [1, 4, 0x20, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[place]! ^= mask
        expect(await codes(changed), `byte ${place}`).not.toEqual([])
      }
      const shorter = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
      expect(await codes(shorter), `without byte ${place}`).not.toEqual([])
    }
  })

  test.each<[string, string, FindingCode]>([
    ['signed by somebody else', signNote(text, [stranger()]), 'checkpoint_signature'],
    [
      'signed by somebody else of the same name',
      signNote(text, [stranger(origin)]),
      'checkpoint_signature',
    ],
    [
      'of another log, signed by this one',
      signNote(text.replace(origin, 'example.com/b'), [log.signer]),
      'checkpoint_signature',
    ],
    [
      'whose text was exchanged',
      note.replace(`\n${size}\n`, `\n${size - 1}\n`),
      'checkpoint_signature',
    ],
    ['without a signature', `${text}\n`, 'checkpoint_malformed'],
    ['without a text', note.slice(text.length + 1), 'checkpoint_malformed'],
    ['with carriage returns', note.replaceAll('\n', '\r\n'), 'checkpoint_malformed'],
    ['with a NUL', note.replace('\n', '\n\0'), 'checkpoint_malformed'],
    [
      'with a size in two spellings',
      signNote(text.replace(`${size}`, `0${size}`), [log.signer]),
      'checkpoint_malformed',
    ],
    [
      'with a size beyond counting',
      signNote(text.replace(`${size}`, '9007199254740993'), [log.signer]),
      'checkpoint_malformed',
    ],
    ['with its signature twice', note + note.slice(text.length + 1), 'checkpoint_malformed'],
    [
      'with a hundred signatures',
      note + Array.from({ length: 100 }, () => signText(text, stranger())).join(''),
      'checkpoint_malformed',
    ],
    ['that is empty', '', 'checkpoint_malformed'],
    ['that is another text', signNote('all is well\n', [log.signer]), 'checkpoint_malformed'],
  ])('%s is refused by name', async (_, bad, code) => {
    expect(await codes(bad)).toEqual([code])
  })

  test('with a stranger’s signature beside the log’s is the log’s', async () => {
    expect(await codes(addSignatures(note, [signText(text, stranger())]))).toEqual([])
  })

  test('that is missing is not a log without findings', async () => {
    expect(await codes(undefined)).toEqual(['checkpoint_missing'])
  })
})

describe('a key, when it had its time', () => {
  const next = parseSkey(generateNoteKey(origin, 'note').skey)
  const rotated = (from: number, to: number | null): KeyEpoch[] => [
    { vkey: log.signer.verifier.vkey, fromSize: 0, toSize: to },
    { vkey: next.verifier.vkey, fromSize: from, toSize: null },
  ]
  const byNext = signNote(text, [next])
  const byBoth = signNote(text, [log.signer, next])

  test('signs its own sizes, alone or with its successor', async () => {
    expect(await codes(note, rotated(301, null))).toEqual([])
    expect(await codes(byNext, rotated(300, 299))).toEqual([])
    expect(await codes(byBoth, rotated(250, 300))).toEqual([])
  })

  test('signs nothing after it ended, though it is stolen then', async () => {
    expect(await codes(note, rotated(200, 250))).toEqual(['checkpoint_signature'])
    expect(await codes(byBoth, rotated(200, 250))).toEqual(['checkpoint_signature'])
  })

  test('signs nothing before it began', async () => {
    expect(await codes(byNext, rotated(301, 400))).toEqual(['checkpoint_signature'])
  })
})

describe('a proof', () => {
  test('untouched, proves', () => {
    check(proof)
  })

  test('with any byte of it changed or left out proves nothing', () => {
    const bytes = Buffer.from(proof)
    for (let place = 0; place < bytes.length; place++) {
      for (const mask of [1, 4, 0x20, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[place]! ^= mask
        expect(() => check(changed), `byte ${place}`).toThrow(ProofError)
      }
      const shorter = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
      expect(() => check(shorter), `without byte ${place}`).toThrow(ProofError)
    }
  })

  test('proves no other record, no other place, and nothing in another tree', async () => {
    const otherIndex = index + 1
    const other = await proveInclusion(log.reader, otherIndex, size)
    expect(() => check(formatTlogProof({ index, proof: other, checkpoint: note }))).toThrow(
      'leads to',
    )
    const moved = formatTlogProof({ index: otherIndex, proof: other, checkpoint: note })
    expect(() => check(moved)).toThrow('leads to')
    const forged = startWitnessedLog(log.signer)
    const elsewhere = forged.growTo(size, 'another')
    const { proof: hashes } = parseTlogProof(proof)
    expect(() => check(formatTlogProof({ index, proof: hashes, checkpoint: elsewhere }))).toThrow(
      'leads to',
    )
  })

  test('with a checkpoint of a stranger proves nothing, however well it fits', () => {
    const { proof: hashes } = parseTlogProof(proof)
    const checkpoint = signNote(text, [stranger(origin)])
    expect(() => check(formatTlogProof({ index, proof: hashes, checkpoint }))).toThrow(
      expect.objectContaining({ code: 'unknown_signer' }),
    )
  })
})

function check(proofText: string | Uint8Array): void {
  const read = parseTlogProof(proofText)
  const { size: ofTree, root } = verifyEpochCheckpoint(read.checkpoint, epochs)
  verifyInclusion({ leaf, index: read.index, size: ofTree, root, proof: read.proof })
}

async function codes(
  shown: string | Uint8Array | undefined,
  keys = epochs,
): Promise<FindingCode[]> {
  const opened = await openSealedLog({ origin, tiles: log.reader, note: shown, epochs: keys })
  expect(opened.log === undefined).toBe(opened.findings.length > 0)
  return opened.findings.map(({ code }) => code)
}

function stranger(name = 'example.com/stranger') {
  return parseSkey(generateNoteKey(name, 'note').skey)
}
