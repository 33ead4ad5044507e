/**
 * Reads comma-separated values (RFC 4180): rows of cells, a quoted cell may hold commas, line ends and doubled quotes. Lines without a
 * character are passed over, and so is a byte order mark. Never throws: a quote that is not closed ends with the text.
 */
export function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let position = text.startsWith('\ufeff') ? 1 : 0
  const endCell = (): void => {
    row.push(cell)
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  while (position < text.length) {
    const character = text.charAt(position)
    position += 1
    if (character === '"' && cell === '') {
      const quoted = /(?:[^"]|"")*/uy
      quoted.lastIndex = position
      const found = quoted.exec(text)?.[0] ?? ''
      cell = found.replaceAll('""', '"')
      position += found.length + 1
    } else if (character === ',') endCell()
    else if (character === '\n') endRow()
    else if (character !== '\r') cell += character
  }
  endRow()
  return rows
}
