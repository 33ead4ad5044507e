import { expect, test } from 'vitest'
import { createPalette } from './terminal-text.ts'
import { renderTable } from './table.ts'

const plain = createPalette(false)
const columns = [
  { title: 'NAME', cell: ({ name }: { name: string | null }) => name },
  { title: 'LENGTH', cell: ({ name }: { name: string | null }) => String(name?.length ?? 0) },
]

test('each column is as wide as its widest cell, and the last is not padded', () => {
  expect(renderTable([{ name: 'a' }, { name: 'longer' }, { name: null }], columns, plain)).toEqual([
    'NAME    LENGTH',
    'a       1',
    'longer  6',
    '–       0',
  ])
})

test('nothing an agent writes reaches the terminal as more than text on one line', () => {
  const [, line = ''] = renderTable([{ name: '\u001b[2J\u202eevil\nnext\u0007' }], columns, plain)
  expect(line).toBe('\ufffd[2J\ufffdevil next\ufffd  15')
  const [, long = ''] = renderTable([{ name: 'x'.repeat(10_000) }], columns, plain)
  expect(long.length).toBeLessThan(200)
})

test('a mark is put around the padded cell, so that colours do not move columns', () => {
  const [titled] = columns
  const painted = [{ ...titled!, paint: (text: string) => `<${text}>` }, columns[1]!]
  expect(renderTable([{ name: 'a' }, { name: 'bcdef' }], painted, plain)[1]).toBe('<a    >  1')
})
