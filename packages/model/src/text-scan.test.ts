import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactSecrets, redactSecretsInName } from './redact.ts'
import { scanText, textBits } from './text-scan.ts'

const parts = [
  'ghp_',
  '0123456789abcdef'.repeat(3),
  'password',
  '=',
  ': ',
  '"',
  "'",
  'hunter2secret',
  'https://',
  'u:pa55word@',
  'h.example',
  'token',
  'Bearer ',
  'AKIAIOSFODNN7EXAMPLE',
  '4111 1111 1111 1111',
  '\\u0070',
  '%70',
  '&quot;',
  '\n',
  ' ',
  'eyJhbGciOiJIUzI1NiJ9.',
  'cGFzc3dvcmQgPSBodW50ZXIyc2VjcmV0',
  'pa\u017f\u017fword',
  '\u212aey',
  'ü',
  'words of a sentence',
  '--user ',
  'curl ',
  'SK',
  'a0-',
  '/',
]
const texts = fc
  .array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 6 })), { maxLength: 8 })
  .map((some) => some.join('').toWellFormed())

function bitsOf(text: string): number {
  const bytes = Buffer.from(`"${text}"`)
  return scanText(bytes, 1, bytes.length - 1)
}

test('a text that is not suspect holds no secret, and a name neither', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const bits = bitsOf(text)
      if ((bits & textBits.suspect) === 0) expect(redactSecrets(text)).toBe(text)
      const isName = !text.includes('=') && !text.includes('://')
      if (isName && (bits & textBits.suspectName) === 0)
        expect(redactSecretsInName(text)).toBe(text)
    }),
    { numRuns: 20_000 },
  )
})

test('tells what JSON escapes, what is not ASCII, and what is like no name', () => {
  const plain = textBits.escaped | textBits.beyondAscii | textBits.unlikeName
  expect(bitsOf('repo-triage') & plain).toBe(0)
  expect(bitsOf('a\\b') & plain).toBe(textBits.escaped)
  expect(bitsOf('a b') & plain).toBe(textBits.unlikeName)
  expect(bitsOf('a"b') & plain).toBe(textBits.escaped | textBits.unlikeName)
  expect(bitsOf('ü') & plain).toBe(textBits.beyondAscii)
  expect(bitsOf('\u0001') & plain).toBe(textBits.escaped)
})

test('names of agents and of what they touch are not suspect', () => {
  const names = ['repo-triage', '0197c2a4-6c1e-7c33-9d0e-5a2f6b1e8d77', 'file:/srv/app/main.ts']
  for (const name of names) expect(bitsOf(name) & textBits.suspectName, name).toBe(0)
})
