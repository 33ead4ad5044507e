import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from './checkpoint.ts'
import { generateNoteKey, parseSkey } from './note-key.ts'
import { addSignatures, signNote, signText } from './note.ts'
import { parsePolicy, verifyPolicy } from './policy.ts'

const log = parseSkey(generateNoteKey('example.com/log', 'note').skey)
const other = parseSkey(generateNoteKey('example.com/other', 'note').skey)
const witnesses = ['X1', 'X2', 'X3', 'Y1', 'Y2'].map((name) =>
  parseSkey(generateNoteKey(`example.com/${name}`, 'cosignature').skey),
)
const text = formatCheckpoint({ origin: 'example.com/log', size: 1, root: Buffer.alloc(32, 1) })

const lines = [
  '# Whom we trust',
  `log ${log.verifier.vkey} https://log.example/`,
  '',
  ...['X1', 'X2', 'X3', 'Y1', 'Y2'].map(
    (name, place) => `witness ${name}\t${witnesses[place]!.verifier.vkey}  `,
  ),
  '  group X-witnesses 2 X1 X2 X3',
  'group Y-witnesses any Y1 Y2',
  'group X-and-Y all X-witnesses Y-witnesses',
  'quorum X-and-Y',
]
const policy = parsePolicy(`${lines.join('\n')}\n`)

describe('a policy', () => {
  it('names logs, witnesses and who is enough', () => {
    expect(policy.logs.map(({ key, url }) => [key.name, url])).toEqual([
      ['example.com/log', 'https://log.example/'],
    ])
    expect(policy.witnesses.map(({ key }) => key.name)).toHaveLength(5)
  })

  it.each([
    [[0, 1, 3], true],
    [[1, 2, 4], true],
    [[0, 1, 2, 3, 4], true],
    [[0, 1, 2], false],
    [[0, 3, 4], false],
    [[], false],
  ])('with witnesses %j its quorum is met: %s', (who, met) => {
    const note = cosigned(who)
    if (met) expect(verifyPolicy(note, policy).cosignatures).toHaveLength(who.length)
    else
      expect(() => verifyPolicy(note, policy)).toThrow(
        expect.objectContaining({ code: 'quorum_not_met' }),
      )
  })

  it('counts a witness that cosigned twice once', () => {
    const twice = [5, 6].map((time) => signText(text, witnesses[0]!, time))
    const note = addSignatures(cosigned([3]), twice)
    expect(() => verifyPolicy(note, policy)).toThrow('cosigned by 2 of 5 witnesses')
  })

  it('believes the log alone when it says so', () => {
    const alone = parsePolicy(`log ${log.verifier.vkey}\nquorum none\n`)
    expect(verifyPolicy(signNote(text, [log]), alone).checkpoint.size).toBe(1)
    expect(alone.quorum).toBeUndefined()
  })

  it('takes a checkpoint only of its logs, each under its own origin', () => {
    const two = parsePolicy(`log ${log.verifier.vkey}\nlog ${other.verifier.vkey}\nquorum none\n`)
    expect(() => verifyPolicy(signNote(text, [other]), two)).toThrow(
      expect.objectContaining({ code: 'origin_mismatch' }),
    )
    const none = parsePolicy(
      `log ${other.verifier.vkey}\nwitness a ${witnesses[0]!.verifier.vkey}\nquorum a\n`,
    )
    expect(() => verifyPolicy(cosigned([0]), none)).toThrow(
      expect.objectContaining({ code: 'unknown_signer' }),
    )
  })

  const witness = `witness a ${witnesses[0]!.verifier.vkey}`
  it.each([
    ['no quorum', `${witness}\n`],
    ['two quorums', `${witness}\nquorum a\nquorum none\n`],
    ['a quorum that is defined later', `quorum a\n${witness}\n`],
    ['a member that is defined later', `group g any a\n${witness}\nquorum g\n`],
    ['a group of itself', 'group g any g\nquorum g\n'],
    ['an empty group', `${witness}\ngroup g any\nquorum g\n`],
    ['a threshold of none', `${witness}\ngroup g 0 a\nquorum g\n`],
    ['a threshold above its members', `${witness}\ngroup g 2 a\nquorum g\n`],
    ['a threshold with a zero', `${witness}\ngroup g 01 a\nquorum g\n`],
    ['a member in two groups', `${witness}\ngroup g any a\ngroup h any a\nquorum h\n`],
    ['a member twice', `${witness}\ngroup g 2 a a\nquorum g\n`],
    ['none as a member', `${witness}\ngroup g any none\nquorum g\n`],
    ['none as a name', `witness none ${witnesses[0]!.verifier.vkey}\nquorum none\n`],
    ['a name twice', `${witness}\nwitness a ${witnesses[1]!.verifier.vkey}\nquorum a\n`],
    ['a key twice', `${witness}\nwitness b ${witnesses[0]!.verifier.vkey}\nquorum a\n`],
    ['a log’s key for a witness', `witness a ${log.verifier.vkey}\nquorum a\n`],
    ['a witness’s key for a log', `log ${witnesses[0]!.verifier.vkey}\nquorum none\n`],
    ['a key that is none', 'log example.com/log\nquorum none\n'],
    ['a word too many', `log ${log.verifier.vkey} https://a/ b\nquorum none\n`],
    ['an unknown word', 'trust me\nquorum none\n'],
    ['a carriage return', 'quorum none\r\n'],
    ['a delete', '# \u007f\nquorum none\n'],
    ['no last newline', 'quorum none'],
    ['too many bytes', `${'#'.repeat(300_000)}\nquorum none\n`],
  ])('is refused with %s', (_, bad) => {
    expect(() => parsePolicy(bad)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^malformed_(policy|key)$/u) }),
    )
  })
})

function cosigned(who: readonly number[]): string {
  return addSignatures(
    signNote(text, [log]),
    who.map((place) => signText(text, witnesses[place]!, 1_700_000_000)),
  )
}
