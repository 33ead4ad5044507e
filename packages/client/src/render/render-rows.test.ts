import { expect, test } from 'vitest'
import { rowsAsCsv, rowsAsMarkdown, rowsAsNdjson } from './render-rows.ts'

const rows = [
  { verb: 'delete', resource: { id: 'db:row:shop/1', type: 'db.row' }, tools: ['a', 'b'] },
  { verb: '=HYPERLINK("http://x","y")', resource: null, actor: '\u001b[31m|red|\u202e' },
]

test('CSV names its columns, quotes what needs it, and hides formulas from spreadsheets', () => {
  expect(rowsAsCsv(rows)).toEqual([
    'verb,resource.id,resource.type,tools,resource,actor\r',
    'delete,db:row:shop/1,db.row,"[""a"",""b""]",,\r',
    `"'=HYPERLINK(""http://x"",""y"")",,,,,${rowsAsCsv([{ a: '\u001b[31m|red|\u202e' }])[1]?.slice(0, -1)}\r`,
  ])
  // oxlint-disable-next-line no-control-regex -- no control character may be left
  expect(rowsAsCsv(rows).join('')).not.toMatch(/[\u0000-\u000c\u000e-\u001f\u202e]/u)
  for (const start of ['+', '-', '@'])
    expect(rowsAsCsv([{ a: `${start}1` }])[1]).toBe(`'${start}1\r`)
})

test('a cell of Markdown is text, whatever an agent wrote', () => {
  const [, , cell] = rowsAsMarkdown([{ a: '![x](http://evil) | <img src=x> `run`' }])
  expect(cell).toBe(String.raw`| \!\[x\]\(http://evil\) \| \<img src=x\> \`run\` |`)
})

test('NDJSON is the answer’s rows as they came', () => {
  expect(rowsAsNdjson(rows).map((line) => JSON.parse(line) as unknown)).toEqual(
    JSON.parse(JSON.stringify(rows)),
  )
  expect(rowsAsNdjson([])).toEqual([])
  expect(rowsAsCsv([])).toEqual(['\r'])
})
