import { printableLine } from '@whodid/model'
import type { Palette } from './terminal-text.ts'

/** A column of a table. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | null
  /** Marks the text of a cell; default not at all. */
  readonly paint?: (text: string, row: Row) => string
}

/** Longest cell, in UTF-16 units: an ID that a person can still copy. */
const cellLengthMax = 120

/**
 * Rows as lines under their titles, each column as wide as its widest cell. A cell that is null is a dash. Text of agents is
 * made printable here, whatever the API did; the last column is never padded, so that no line ends in blanks.
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  palette: Palette,
): string[] {
  const cells = rows.map((row) =>
    columns.map(({ cell }) => printableLine(cell(row) ?? '–', cellLengthMax)),
  )
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  )
  const pad = (text: string, index: number): string =>
    index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0)
  const heading = columns.map(({ title }, index) => palette.dim(pad(title, index))).join('  ')
  const lines = rows.map((row, number) =>
    columns
      .map(({ paint }, index) => {
        const text = pad(cells[number]?.[index] ?? '', index)
        return paint === undefined ? text : paint(text, row)
      })
      .join('  '),
  )
  return [heading, ...lines]
}
