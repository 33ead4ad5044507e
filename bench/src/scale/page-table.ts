/** What the tables of a page are made of, by the names of their places. */
export type PageTables = Readonly<Record<string, string>>

/** The cells of a table; the first row is its head. */
export type Rows = readonly (readonly string[])[]

/** Puts tables into a page, in the place of those that are there. Throws where a place for one is missing. */
export function withTables(page: string, tables: PageTables): string {
  return Object.entries(tables).reduce((text, [name, lines]) => {
    const [begins, ends] = [`<!-- scale: ${name} -->`, `<!-- scale: end of ${name} -->`]
    const [from, to] = [text.indexOf(begins), text.indexOf(ends)]
    if (from < 0 || to < from) throw new Error(`the page has no place for the table of ${name}`)
    return `${text.slice(0, from)}${begins}\n\n${lines}\n${text.slice(to)}`
  }, page)
}

/** Writes a share in hundredths. */
export function percent(share: number): string {
  return `${readable(share * 100)} %`
}

/** Three digits that matter, with words for what is large. */
export function readable(value: number): string {
  const rounded = Number(value.toPrecision(3))
  if (Math.abs(rounded) >= 1e9) return `${rounded / 1e9} G`
  if (Math.abs(rounded) >= 1e6) return `${rounded / 1e6} M`
  return rounded.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

/** Writes a table of Markdown. */
export function table(rows: Rows): string {
  const [head = [], ...rest] = rows
  // Numbers stand to the right, words to the left.
  const rule = head.map((_, column) =>
    rest.some((cells) => /^[\d–]/u.test(cells[column] ?? '')) ? '--:' : '---',
  )
  return [head, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
