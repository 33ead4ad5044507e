import { describe, expect, it } from 'vitest'
import { generateNoteKey, isKeyName, parseSkey, parseVkey } from './note-key.ts'
import { signText } from './note.ts'

const seed = Buffer.alloc(32, 3)
const { skey, vkey } = generateNoteKey('example.com/log', 'note', seed)

describe('keys', () => {
  it('come back from their texts', () => {
    for (const kind of ['note', 'cosignature'] as const) {
      const made = generateNoteKey('größe.example/λ', kind)
      const signer = parseSkey(made.skey)
      expect(signer.verifier.vkey).toBe(made.vkey)
      const read = parseVkey(made.vkey)
      expect({ ...read, publicKey: null }).toEqual({ ...signer.verifier, publicKey: null })
      expect(read.publicKey.equals(signer.verifier.publicKey)).toBe(true)
      expect(signText('a\n', signer, 1)).toContain('— größe.example/λ ')
    }
  })

  it('differ by kind, from one seed', () => {
    const other = generateNoteKey('example.com/log', 'cosignature', seed)
    expect(parseVkey(other.vkey).id).not.toBe(parseVkey(vkey).id)
    expect(parseVkey(other.vkey).publicKey.equals(parseVkey(vkey).publicKey)).toBe(true)
  })

  it('are new each time, unless a seed is given', () => {
    expect(generateNoteKey('a', 'note').skey).not.toBe(generateNoteKey('a', 'note').skey)
    expect(generateNoteKey('example.com/log', 'note', seed).skey).toBe(skey)
  })

  const [name, id, material] = splitOnce(vkey)
  it.each([
    ['empty', ''],
    ['without an ID', `${name}+${material}`],
    ['with an ID of another key', `${name}+00000000+${material}`],
    ['with an ID in capitals', `${name}+${id.toUpperCase()}+${material}`],
    ['with a short ID', `${name}+${id.slice(1)}+${material}`],
    ['without a name', `+${id}+${material}`],
    ['with a space in the name', `a b+${id}+${material}`],
    ['renamed', `example.com/other+${id}+${material}`],
    ['with other base64', `${name}+${id}+${material.slice(0, -1)}`],
    [
      'of a type unknown',
      `${name}+${id}+${Buffer.concat([Buffer.of(2), seed]).toString('base64')}`,
    ],
    ['too short', `${name}+${id}+${Buffer.of(1, 2, 3).toString('base64')}`],
    ['with a newline', `${vkey}\n`],
    ['too long', `${'a'.repeat(2000)}+${id}+${material}`],
  ])('refuse a vkey %s', (_, bad) => {
    expect(() => parseVkey(bad)).toThrow(expect.objectContaining({ code: 'malformed_key' }))
  })

  it('refuse an skey without saying it', () => {
    const secret = skey.split('+').at(-1)!
    const alike = skey.replace(/\+[0-9a-f]{8}\+/u, '+00000000+')
    for (const bad of [vkey, `${skey}=`, skey.slice(0, -2), alike, skey.slice(1)]) {
      expect(() => parseSkey(bad)).toThrow(expect.objectContaining({ code: 'malformed_key' }))
      expect(() => parseSkey(bad)).not.toThrow(secret)
    }
    expect(() => generateNoteKey('a', 'note', Buffer.alloc(31))).toThrow('32 bytes, got 31')
  })

  it('have names without white space and plus', () => {
    for (const good of ['a', 'example.com/log', 'größe/λ']) expect(isKeyName(good)).toBe(true)
    for (const bad of ['', 'a b', 'a+b', 'a\n', 'a\u2003b', 'a\u0085', 'a\u0000', 'a\ud800'])
      expect(isKeyName(bad), JSON.stringify(bad)).toBe(false)
    expect(() => generateNoteKey('a b', 'note')).toThrow('no white space or plus, got "a b"')
  })
})

function splitOnce(key: string): [string, string, string] {
  const [first = '', second = '', ...rest] = key.split('+')
  return [first, second, rest.join('+')]
}
