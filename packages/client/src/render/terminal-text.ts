import { printableLine } from '@whodid/model'

/** Marks text for a terminal, or leaves it as it is. */
export interface Palette {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
  readonly cyan: (text: string) => string
}

/** ANSI colours when `color`, nothing otherwise. */
export function createPalette(color: boolean): Palette {
  const mark =
    (open: number, close: number) =>
    (text: string): string =>
      color ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39),
  }
}

/** Returns true for a terminal, unless `NO_COLOR` is set or the terminal is `dumb`. `FORCE_COLOR` overrides. */
export function usesColor(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((environment['NO_COLOR'] ?? '') !== '') return false
  if ((environment['FORCE_COLOR'] ?? '') !== '') return environment['FORCE_COLOR'] !== '0'
  return isTerminal && environment['TERM'] !== 'dumb'
}

/**
 * Breaks one paragraph into lines of at most `width` UTF-16 units at spaces. A word that is longer stays whole, so that an
 * ID can still be copied.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (line === '') line = word
    else if (line.length + 1 + word.length <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

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
