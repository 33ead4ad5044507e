import { generateNoteKey } from '@whodid/tlog'
import { expect, it } from 'vitest'
import { parseWitnesses } from './parse-witnesses.ts'

const [first = '', second = ''] = ['a', 'b'].map(
  (name) => generateNoteKey(name, 'cosignature').vkey,
)
const log = generateNoteKey('log', 'note').vkey

it('reads witnesses from lines, or from one', () => {
  const file = `# ours\n${first} https://w1.example/\n\n  ${second}\thttp://127.0.0.1:4321/prefix\n`
  const read = parseWitnesses(file, 'WHODID_WITNESSES')
  expect(read.map(({ key, url }) => [key.vkey, url])).toEqual([
    [first, 'https://w1.example'],
    [second, 'http://127.0.0.1:4321/prefix'],
  ])
  expect(parseWitnesses(`${first} http://a; ${second} http://b`, 'X')).toHaveLength(2)
  expect(parseWitnesses('', 'X')).toEqual([])
})

it.each([
  ['no URL', first],
  ['another scheme', `${first} file:///a`],
  ['a word too many', `${first} http://a b`],
  ['a log’s key', `${log} http://a`],
  ['no key', 'http://a http://b'],
  ['a key twice', `${first} http://a;${first} http://b`],
  [
    'too many',
    Array.from(
      { length: 33 },
      (_, n) => `${generateNoteKey(`w${n}`, 'cosignature').vkey} http://a`,
    ).join('\n'),
  ],
])('refuses %s, naming the setting', (_, text) => {
  expect(() => parseWitnesses(text, 'WHODID_WITNESSES')).toThrow(
    expect.objectContaining({
      code: 'invalid_config',
      message: expect.stringMatching(/^WHODID_WITNESSES expected .*; got "/u),
    }),
  )
})
