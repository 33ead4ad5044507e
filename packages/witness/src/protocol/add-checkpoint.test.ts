import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatAddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts'

// The example of the specification, its signature left out.
const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— x
`

it('is the text of the specification', () => {
  const request = parseAddCheckpoint(example)
  expect(request.oldSize).toBe(20_852_014)
  expect(request.proof.map((hash) => hash.toString('hex').slice(0, 8))).toEqual([
    '3e544d0a',
    '8eb2590e',
  ])
  expect(request.checkpoint.startsWith('example.com/behind-the-sofa\n20852163\n')).toBe(true)
  expect(formatAddCheckpoint(request)).toBe(example)
})

it('comes back', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const requests = fc.record({
    oldSize: fc.maxSafeNat(),
    proof: fc.array(hash, { maxLength: 63 }),
    checkpoint: fc.string(),
  })
  fc.assert(
    fc.property(requests, ({ oldSize, proof, checkpoint }) => {
      const request = { oldSize, proof: proof.map((bytes) => Buffer.from(bytes)), checkpoint }
      expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request)
    }),
  )
})

it.each([
  ['no old size', example.slice(example.indexOf('\n') + 1)],
  ['an old size of 2^53', example.replace('20852014', '9007199254740992')],
  ['65 hashes', example.replace('\n', `\n${`${'A'.repeat(43)}=\n`.repeat(63)}`)],
  ['a hash with spare bits', example.replace('kaw=', 'kax=')],
  ['no empty line', example.slice(0, example.indexOf('\n\n'))],
])('is malformed with %s', (_, bad) => {
  expect(() => parseAddCheckpoint(bad)).toThrow(
    expect.objectContaining({ code: 'malformed_proof' }),
  )
})
