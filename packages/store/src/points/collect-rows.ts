import type { ByteReader } from '@whodid/model'
import type { FoundRows } from './gather-keys.ts'

/** Reads each row of a statement's answer, and gives it to its key. With more rows than `max` the answer is cut. */
export function collectRows<Row>(
  { reader, rowsRead, bytesRead }: RawAnswer,
  max: number,
  read: (reader: ByteReader) => { readonly key: string; readonly row: Row },
): FoundRows<Row> {
  const rows = new Map<string, Row[]>()
  let count = 0
  while (!reader.isAtEnd) {
    const { key, row } = read(reader)
    const known = rows.get(key)
    if (known === undefined) rows.set(key, [row])
    else known.push(row)
    count += 1
  }
  return { rows, isCut: count > max, rowsRead, bytesRead }
}

/** The most rows that one statement returns; with one more it is cut. */
export const rowsMax = 4_000

/** The bytes of a statement's answer, and what the engine read for it. */
export interface RawAnswer {
  readonly reader: ByteReader
  readonly rowsRead: number
  readonly bytesRead: number
}

/** Hex as a literal of bytes, which the engine need not compute. Throws a RangeError for what is no hex. */
export function bytesSql(hex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/u.test(hex)) throw new RangeError('a key expected hex digits')
  return `'${hex.replaceAll(/../gu, String.raw`\x$&`)}'`
}
