import type { LeafReader, PlacedRow } from '@whodid/store'
import type { Finding, FindingCode } from './finding.ts'
import type { SealedLog } from './sealed-log.ts'

/** Places that something was found about. */
export interface FoundPlaces {
  readonly code: FindingCode
  readonly indexes: readonly number[]
  readonly namedMax: number
}

/** A finding for each place, with the row that stands there now; past `namedMax` the last says how many there are. */
export async function nameRows(
  { log, reader }: { log: SealedLog; reader: LeafReader },
  { code, indexes, namedMax }: FoundPlaces,
): Promise<Finding[]> {
  const named = indexes.slice(0, namedMax)
  const rows = await reader.at(log.origin, named)
  return named.map((index, n) => {
    const there = rows.filter((row) => row.index === index)
    const [row] = there
    const isLast = n === named.length - 1
    return {
      code,
      log: log.origin,
      index,
      text: sentence(code, index, there),
      ...(row === undefined ? {} : { span: row.span }),
      ...(isLast && indexes.length > 1 ? { count: indexes.length } : {}),
    }
  })
}

function sentence(code: FindingCode, index: number, rows: readonly PlacedRow[]): string {
  const [row] = rows
  const got = row === undefined ? 'nothing' : `${row.leafHex.slice(0, 16)}…`
  if (code === 'row_missing') return `row ${index} was sealed; it is not in the table`
  if (code === 'row_duplicated')
    return `row ${index} expected to be one; the table has ${rows.length}`
  return `row ${index} expected the hash that was sealed; its columns now hash to ${got}`
}
