import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wrapText } from './terminal-text.ts'

test('breaks at spaces and keeps a long word whole', () => {
  expect(wrapText('who did this to github:pull:acme/app/812 then', 12)).toEqual([
    'who did this',
    'to',
    'github:pull:acme/app/812',
    'then',
  ])
  expect(wrapText('', 10)).toEqual([''])
})

test('loses no word and goes over the width only for a single one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/u)),
      fc.integer({ min: 1, max: 30 }),
      (words, width) => {
        const lines = wrapText(words.join(' '), width)
        expect(lines.join(' ').trim()).toBe(words.join(' '))
        for (const line of lines) expect(line.length <= width || !line.includes(' ')).toBe(true)
      },
    ),
  )
})
