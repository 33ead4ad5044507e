import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateNoteKey, parseSkey, parseVkey } from './note-key.ts'
import {
  addSignatures,
  noteSignaturesMax,
  parseNote,
  parseSignatures,
  signNote,
  signText,
  verifyNote,
  verifySignatures,
} from './note.ts'
import { ProofError } from './proof-error.ts'

const seed = Buffer.alloc(32, 7)
const signer = parseSkey(generateNoteKey('example.com/log', 'note', seed).skey)
const witness = parseSkey(generateNoteKey('example.com/w1', 'cosignature', seed).skey)
const text = 'example.com/log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n'
const note = signNote(text, [signer])
const line = note.slice(text.length + 1)

describe('a note', () => {
  it('verifies when it is the specification’s own example', () => {
    const example =
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
    const key = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    expect(verifyNote(example, [key]).text).toBe('This is an example message.\n')
    expect(verifyNote(Buffer.from(example), [key]).signatures).toEqual([{ key }])
    expect(() => verifyNote(example.replace('an ex', 'no ex'), [key])).toThrow('does not verify')
  })

  it('is refused when any byte of it is another', () => {
    const bytes = Buffer.from(note)
    for (let place = 0; place < bytes.length; place++)
      for (const change of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[place]! ^= change
        expect(() => verifyNote(changed, [signer.verifier]), `byte ${place}`).toThrow(ProofError)
      }
  })

  it('is refused when it ends early', () => {
    for (let length = 0; length < note.length; length++)
      expect(() => verifyNote(note.slice(0, length), [signer.verifier])).toThrow(ProofError)
  })

  it.each([
    ['no signature', `${text}\n`],
    ['no empty line', text + line],
    ['a carriage return', note.replace('\n\n', '\r\n\r\n')],
    ['carriage returns at every line', note.replaceAll('\n', '\r\n')],
    ['a NUL', note.replace('example', 'exam\0ple')],
    ['a tab', note.replace('\n1\n', '\n1\t\n')],
    ['no last newline', note.slice(0, -1)],
    ['an empty line after the signatures', `${note}\n`],
    ['a hyphen for the dash', note.replace('—', '-')],
    ['two spaces', note.replace('— ', '—  ')],
    ['a space at the end', note.replace(/=\n$/u, '= \n')],
    ['base64 without padding', note.replace(/=+\n$/u, '\n')],
    ['base64 with spare bits', withSpareBits(note)],
    ['base64 of the other alphabet', `${text}\n— a ${'-_'.repeat(48)}\n`],
    ['base64 of four bytes', `${text}\n— a AAAAAA==\n`],
    ['a name with a plus', note.replace('— example', '— exam+ple')],
    ['a name with a no-break space', note.replace('— example', '— exam\u00a0ple')],
    ['a name with a next-line character', note.replace('— example', '— exam\u0085ple')],
    ['a name that is empty', note.replace('— example.com/log ', '—  ')],
    ['a signature line that stands twice', note + line],
    ['a lone surrogate', note.replace('example', 'exam\ud800ple')],
    ['too many bytes', `${'x'.repeat(1_000_001)}\n\n${line}`],
  ])('is malformed with %s', (_, bad) => {
    expect(bad).not.toBe(note)
    expect(() => parseNote(bad)).toThrow(expect.objectContaining({ code: 'malformed_note' }))
  })

  it('is malformed when it is no UTF-8', () => {
    const bytes = Buffer.from(note)
    for (const bad of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]])
      expect(() =>
        parseNote(Buffer.concat([bytes.subarray(0, 3), Buffer.from(bad), bytes])),
      ).toThrow('no UTF-8')
    // A byte order mark is part of the text, not dropped: the signature would cover another text.
    expect(parseNote(`\ufeff${note}`).text.startsWith('\ufeff')).toBe(true)
  })

  it('may carry sixteen signatures and more, up to its bound', () => {
    const many = (count: number) =>
      note +
      Array.from({ length: count - 1 }, (_, n) =>
        line.replace('example.com/log', `other${n}`),
      ).join('')
    expect(verifyNote(many(17), [signer.verifier]).signatures).toHaveLength(1)
    expect(parseNote(many(noteSignaturesMax)).signatures).toHaveLength(noteSignaturesMax)
    expect(() => parseNote(many(noteSignaturesMax + 1))).toThrow('at most 64 signatures, got 65')
  })

  it('splits at the last empty line', () => {
    const odd = 'a\n\n— b c\n\nd\n'
    const signed = signNote(odd, [signer])
    expect(verifyNote(signed, [signer.verifier]).text).toBe(odd)
  })

  it('keeps any text whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (body) => {
        const whole = `${body}\n`
        // oxlint-disable-next-line no-control-regex -- what a note may not hold is what is left out
        fc.pre(!/[\u0000-\u0009\u000b-\u001f]/u.test(whole) && whole.isWellFormed())
        expect(verifyNote(signNote(whole, [signer]), [signer.verifier]).text).toBe(whole)
      }),
    )
  })
})

describe('who signed a note', () => {
  const stranger = parseSkey(generateNoteKey('example.com/log', 'note').skey)

  it('is nobody when no trusted key did', () => {
    expect(() => verifyNote(note, [])).toThrow(expect.objectContaining({ code: 'unknown_signer' }))
    expect(() => verifyNote(note, [stranger.verifier])).toThrow('signed by "example.com/log"')
  })

  it('passes over strangers of the same name', () => {
    const both = addSignatures(note, [signText(text, stranger)])
    expect(verifyNote(both, [signer.verifier]).signatures).toEqual([{ key: signer.verifier }])
  })

  it('is refused as a whole when one trusted key’s signature is false', () => {
    const forged = signText('another text\n', stranger)
    const both = addSignatures(note, [forged])
    expect(verifyNote(both, [signer.verifier]).signatures).toHaveLength(1)
    expect(() => verifyNote(both, [signer.verifier, stranger.verifier])).toThrow(
      expect.objectContaining({ code: 'invalid_signature' }),
    )
  })

  it('is not the key whose name was put before another’s signature', () => {
    const renamed = note.replace('— example.com/log', '— example.com/w1')
    expect(() => verifyNote(renamed, [signer.verifier, witness.verifier])).toThrow(
      expect.objectContaining({ code: 'unknown_signer' }),
    )
  })
})

describe('a cosignature', () => {
  const cosigned = addSignatures(note, [signText(text, witness, 1_700_000_000)])
  const trusted = [signer.verifier, witness.verifier]

  it('says when', () => {
    expect(verifyNote(cosigned, trusted).signatures).toEqual([
      { key: signer.verifier },
      { key: witness.verifier, time: 1_700_000_000 },
    ])
  })

  it('covers its time', () => {
    const [, , raw = ''] = cosigned.split('\n').at(-2)!.split(' ')
    const bytes = Buffer.from(raw, 'base64')
    bytes[11]! ^= 1
    const changed = cosigned.replace(raw, bytes.toString('base64'))
    expect(() => verifyNote(changed, trusted)).toThrow('"example.com/w1": does not verify')
    bytes.writeBigUInt64BE(2n ** 63n, 4)
    const never = cosigned.replace(raw, bytes.toString('base64'))
    expect(() => verifyNote(never, trusted)).toThrow('its time is out of range')
  })

  it('is no signature of the note, and a signature of the note is none', () => {
    // One seed, two kinds: names and IDs differ, and so do the messages.
    const asNote = parseSkey(generateNoteKey('example.com/w1', 'note', seed).skey)
    const short = addSignatures(note, [signText(text, asNote)])
    expect(verifyNote(short, trusted).signatures).toHaveLength(1)
    const bytes = Buffer.alloc(4 + 64)
    bytes.writeUInt32BE(witness.verifier.id)
    const cut = `${note}— example.com/w1 ${bytes.toString('base64')}\n`
    expect(() => verifyNote(cut, trusted)).toThrow('expected 72 bytes, got 64')
  })

  it('needs a time', () => {
    for (const time of [undefined, 0, -1, 1.5, NaN])
      expect(() => signText(text, witness, time)).toThrow('expected seconds since 1970')
  })

  it('can be read alone, as a witness answers it', () => {
    const lines = signText(text, witness, 5) + signText(text, witness, 6)
    const found = verifySignatures(text, parseSignatures(lines), [witness.verifier])
    expect(found.map(({ time }) => time)).toEqual([5, 6])
    for (const bad of ['', '\n', lines.slice(0, -1), `\n${lines}`, 'x'])
      expect(() => parseSignatures(bad), JSON.stringify(bad)).toThrow(ProofError)
  })
})

describe('adding signatures', () => {
  it('adds each once', () => {
    const added = signText(text, witness, 9)
    expect(addSignatures(addSignatures(note, [added]), [added, added])).toBe(note + added)
  })

  it('refuses what would make no note', () => {
    expect(() => addSignatures(note, ['— a b\n'])).toThrow(ProofError)
    expect(() => signNote('no newline', [signer])).toThrow('to end in a newline')
    expect(() => signNote('a\rb\n', [signer])).toThrow('control character 0x0d')
    expect(() => signNote(text, [])).toThrow(ProofError)
  })
})

/** The same bytes in base64 whose unused last bits are not zero. */
function withSpareBits(whole: string): string {
  // 68 bytes end in "xx=": the last letter before the padding has two bits to spare.
  return whole.replace(/([A-Za-z0-9+/])=\n$/u, (_, letter: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    return `${alphabet[alphabet.indexOf(letter) ^ 1]}=\n`
  })
}
