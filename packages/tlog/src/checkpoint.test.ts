import { describe, expect, it } from 'vitest'
import { formatCheckpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts'
import { emptyRoot } from './merkle-hash.ts'
import { generateNoteKey, parseSkey } from './note-key.ts'
import { addSignatures, signNote, signText } from './note.ts'

const rootText = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='
const root = Buffer.from(rootText, 'base64')
const text = `example.com/behind-the-sofa\n20852163\n${rootText}\n`

describe('the text of a checkpoint', () => {
  it('is three lines', () => {
    const checkpoint = { origin: 'example.com/behind-the-sofa', size: 20_852_163, root }
    expect(formatCheckpoint(checkpoint)).toBe(text)
    expect(parseCheckpoint(text)).toEqual(checkpoint)
  })

  it('has size 0 only with the root of nothing', () => {
    const empty = formatCheckpoint({ origin: 'a', size: 0, root: emptyRoot })
    expect(parseCheckpoint(empty).size).toBe(0)
    expect(() => formatCheckpoint({ origin: 'a', size: 0, root })).toThrow('the empty tree')
  })

  it('may have extension lines, which say nothing about the tree', () => {
    expect(parseCheckpoint(`${text}more\n`)).toEqual(parseCheckpoint(text))
  })

  it.each([
    ['no origin', `\n1\n${rootText}\n`],
    ['two lines', 'a\n1\n'],
    ['an empty extension line', `${text}\nmore\n`],
    ['no last newline', text.slice(0, -1)],
    ['a leading zero', `a\n01\n${rootText}\n`],
    ['a sign', `a\n+1\n${rootText}\n`],
    ['a negative size', `a\n-1\n${rootText}\n`],
    ['hexadecimal', `a\n0x10\n${rootText}\n`],
    ['a fraction', `a\n1.0\n${rootText}\n`],
    ['an exponent', `a\n1e3\n${rootText}\n`],
    ['a space before the size', `a\n 1\n${rootText}\n`],
    ['other digits', `a\n١\n${rootText}\n`],
    ['a size of 2^53', `a\n9007199254740992\n${rootText}\n`],
    ['a size of 2^64', `a\n18446744073709551616\n${rootText}\n`],
    ['a short root', `a\n1\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a long root', `a\n1\n${Buffer.alloc(33).toString('base64')}\n`],
    ['a root without padding', `a\n1\n${rootText.slice(0, -1)}\n`],
    ['a root with spare bits', `a\n1\n${rootText.slice(0, -2)}J=\n`],
    ['a root in hexadecimal', `a\n1\n${root.toString('hex')}\n`],
    ['a carriage return', `a\r\n1\r\n${rootText}\r\n`],
  ])('is malformed with %s', (_, bad) => {
    expect(() => parseCheckpoint(bad)).toThrow(
      expect.objectContaining({ code: 'malformed_checkpoint' }),
    )
  })

  it('is never written so that it could not be read', () => {
    for (const origin of ['', 'a\nb', 'a\rb', `a\n5\n${rootText}`])
      expect(() => formatCheckpoint({ origin, size: 1, root })).toThrow('checkpoint')
    for (const size of [-1, 1.5, 2 ** 53])
      expect(() => formatCheckpoint({ origin: 'a', size, root })).toThrow('checkpoint size')
    expect(() => formatCheckpoint({ origin: 'a', size: 1, root: Buffer.alloc(3) })).toThrow('root')
  })
})

describe('a checkpoint', () => {
  const log = parseSkey(generateNoteKey('example.com/log', 'note').skey)
  const other = parseSkey(generateNoteKey('example.com/other', 'note').skey)
  const witness = parseSkey(generateNoteKey('example.com/w1', 'cosignature').skey)
  const body = formatCheckpoint({ origin: 'example.com/log', size: 7, root })
  const note = signNote(body, [log])

  it('is the log’s', () => {
    const { checkpoint, cosignatures } = verifyCheckpoint(note, log.verifier)
    expect(checkpoint).toEqual({ origin: 'example.com/log', size: 7, root })
    expect(cosignatures).toEqual([])
  })

  it('has the cosignatures of those that are trusted', () => {
    const cosigned = addSignatures(note, [signText(body, witness, 99)])
    expect(verifyCheckpoint(cosigned, log.verifier, [witness.verifier]).cosignatures).toEqual([
      { key: witness.verifier, time: 99 },
    ])
    expect(verifyCheckpoint(cosigned, log.verifier).cosignatures).toEqual([])
  })

  it('is not the log’s when only a witness signed', () => {
    const alone = signNote(body, [witness], 99)
    expect(() => verifyCheckpoint(alone, log.verifier, [witness.verifier])).toThrow(
      expect.objectContaining({ code: 'unknown_signer' }),
    )
  })

  it('is not the log’s when it bears another origin', () => {
    const foreign = signNote(formatCheckpoint({ origin: 'b', size: 7, root }), [log])
    expect(() => verifyCheckpoint(foreign, log.verifier)).toThrow(
      expect.objectContaining({ code: 'origin_mismatch' }),
    )
    expect(() => verifyCheckpoint(signNote(body, [other]), log.verifier)).toThrow(
      expect.objectContaining({ code: 'unknown_signer' }),
    )
  })

  it('is none when the log signed another text', () => {
    expect(() => verifyCheckpoint(signNote('hello\n', [log]), log.verifier)).toThrow(
      expect.objectContaining({ code: 'malformed_checkpoint' }),
    )
  })
})
