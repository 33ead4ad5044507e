import { printableLine } from '@whodid/model'
import type { Palette } from './palette.ts'

const labelWidth = 14

/** Facts under their labels, one a line; several values on one line, a fact without a value left out. */
export function factLines(
  facts: Readonly<Record<string, string | readonly string[]>>,
  palette: Palette,
): string[] {
  return Object.entries(facts).flatMap(([label, value]) => {
    const values = typeof value === 'string' ? [value] : value
    const text = values.map((part) => printableLine(part, 300)).join(', ')
    return text === '' ? [] : [`${palette.dim(label.padEnd(labelWidth))}${text}`]
  })
}
