import { printableLine } from '@whodid/model'

/** A row of a list: values by name, as the API gave them. */
export type ListRow = Readonly<Record<string, unknown>>

/** Longest text of a cell, in UTF-16 units; what is longer is cut. */
const cellLengthMax = 4_096

/** One JSON object a line, as the API gave it. */
export function rowsAsNdjson(rows: readonly ListRow[]): string[] {
  return rows.map((row) => JSON.stringify(row))
}

/**
 * Rows as CSV (RFC 4180), names of columns first; a value within an object has the name `<object>.<name>`, a list is JSON. Texts are
 * made printable. One that a spreadsheet would take for a formula has an apostrophe before it: agents choose names.
 */
export function rowsAsCsv(rows: readonly ListRow[]): string[] {
  const [heading, ...lines] = table(rows)
  return [heading ?? [], ...lines].map(
    (cells) => `${cells.map((cell) => csvCell(cell)).join(',')}\r`,
  )
}

/** Rows as a table of Markdown. Nothing in a cell is taken for a link, an image, HTML or a mark. */
export function rowsAsMarkdown(rows: readonly ListRow[]): string[] {
  const [heading = [], ...lines] = table(rows)
  const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    lineOf(heading),
    lineOf(heading.map(() => '---')),
    ...lines.map((cells) => lineOf(cells.map(markdownCell))),
  ]
}

/** The names of the columns, and the cells of each row under them. */
function table(rows: readonly ListRow[]): string[][] {
  const flat = rows.map((row) => new Map(Object.entries(row).flatMap(cellsOf)))
  const names = [...new Set(flat.flatMap((cells) => [...cells.keys()]))]
  return [names, ...flat.map((cells) => names.map((name) => cells.get(name) ?? ''))]
}

function cellsOf([name, value]: readonly [string, unknown]): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[name, cellText(value)]]
  return Object.entries(value).map(([inner, part]) => [`${name}.${inner}`, cellText(part)])
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return printableLine(typeof value === 'string' ? value : JSON.stringify(value), cellLengthMax)
}

function csvCell(text: string): string {
  const safe = /^[=+\-@]/u.test(text) ? `'${text}` : text
  return /[",]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function markdownCell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>()#!|~&]/gu, String.raw`\$&`)
}
