import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from './checkpoint.ts'
import { generateNoteKey, parseSkey } from './note-key.ts'
import { signNote } from './note.ts'
import { ProofError } from './proof-error.ts'
import { formatTlogProof, parseTlogProof } from './tlog-proof.ts'

const log = parseSkey(generateNoteKey('example.com/log', 'note', Buffer.alloc(32, 1)).skey)
const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const root = Buffer.alloc(32, 3)
const checkpoint = signNote(formatCheckpoint({ origin: 'example.com/log', size: 4, root }), [log])
const text = `c2sp.org/tlog-proof@v1\nindex 2\n${hashes[0]!.toString('base64')}\n${hashes[1]!.toString('base64')}\n\n${checkpoint}`

describe('a proof as text', () => {
  it('has header, index, hashes, an empty line and the checkpoint', () => {
    expect(formatTlogProof({ index: 2, proof: hashes, checkpoint })).toBe(text)
    expect(parseTlogProof(text)).toEqual({ index: 2, proof: hashes, checkpoint })
    expect(parseTlogProof(Buffer.from(text))).toEqual({ index: 2, proof: hashes, checkpoint })
  })

  it('may have extra data, and no hashes', () => {
    const extra = Buffer.from('more')
    const whole = formatTlogProof({ index: 0, proof: [], checkpoint, extra })
    expect(whole).toBe(`c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 0\n\n${checkpoint}`)
    expect(parseTlogProof(whole)).toEqual({ index: 0, proof: [], checkpoint, extra })
  })

  it.each([
    ['another header', text.replace('v1', 'v2')],
    ['no header', text.slice(text.indexOf('\n') + 1)],
    ['no index', text.replace('index 2\n', '')],
    ['an index with a zero', text.replace('index 2', 'index 02')],
    ['an index of 2^53', text.replace('index 2', 'index 9007199254740992')],
    ['an index after the hashes', text.replace(/(index 2)\n([^\n]+)/u, '$2\n$1')],
    ['two extra lines', text.replace('index', 'extra AA==\nextra AA==\nindex')],
    ['extra data that is no base64', text.replace('index', 'extra A\nindex')],
    ['a short hash', text.replace('index 2\n', 'index 2\nAAAA\n')],
    [
      'too many hashes',
      text.replace('index 2\n', `index 2\n${`${hashes[0]!.toString('base64')}\n`.repeat(62)}`),
    ],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n') + 1)],
    ['carriage returns', text.replaceAll('\n', '\r\n')],
    ['a NUL', text.replace('index', 'ind\0ex')],
    ['an unsigned checkpoint', text.slice(0, text.indexOf('—'))],
  ])('is malformed with %s', (_, bad) => {
    expect(bad).not.toBe(text)
    expect(() => parseTlogProof(bad)).toThrow(ProofError)
  })

  it('is never written so that it could not be read', () => {
    for (const bad of [{ index: -1 }, { proof: [Buffer.alloc(31)] }, { checkpoint: 'x' }])
      expect(() => formatTlogProof({ index: 2, proof: hashes, checkpoint, ...bad })).toThrow(
        ProofError,
      )
  })
})
