import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable, printableLine } from './printable.ts'

test.each([
  ['plain text\n\twith a tab', 'plain text\n\twith a tab'],
  ['\u001b[31mred', '\ufffd[31mred'],
  ['a\0b\u0007c\u007f\u009b', 'a\ufffdb\ufffdc\ufffd\ufffd'],
  ['invoice\u202egpj.exe', 'invoice\ufffdgpj.exe'],
  ['zero\u200bwidth\ufeff', 'zero\ufffdwidth\ufffd'],
  ['tag\u{e0041}', 'tag\ufffd'],
  ['lone\ud800', 'lone\ufffd'],
  ['carriage\rreturn', 'carriage\ufffdreturn'],
  ['naïve 🛰', 'naïve 🛰'],
])('%j', (text, safe) => {
  expect(printable(text)).toBe(safe)
})

test('a line is one line, no longer than asked, and well formed', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 1, max: 40 }),
      (text, lengthMax) => {
        const line = printableLine(text, lengthMax)
        expect(line.length).toBeLessThanOrEqual(lengthMax)
        for (const unsafe of '\n\r\u001b\u202e') expect(line).not.toContain(unsafe)
        expect(line.isWellFormed()).toBe(true)
      },
    ),
  )
})
