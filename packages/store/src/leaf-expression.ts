import { bodyFields, formMark, headFields, recordFields } from '@whodid/model'
import type { RecordField } from '@whodid/model'

/**
 * SQL for the RFC 6962 leaf hash of a row of `whodid.spans` named `row`, as `FixedString(32)`: the engine computes from
 * its own columns the hash that the collector computed when it sealed the record. See `docs/FORMAT.md`.
 *
 * `row` is the table's alias in the statement: every column is named through it, because an alias of a column's own
 * name would be hashed in its place.
 */
export function leafExpression(row = 'spans'): string {
  const head = rowBinary(bytesOf(`00${markHex}`), headFields, row)
  return `SHA256(concat(${head}, SHA256(${rowBinary(undefined, bodyFields, row)})))`
}

/** SQL for the canonical form of a row, as a text of bytes. */
export function canonicalExpression(row: string): string {
  return rowBinary(bytesOf(markHex), recordFields, row)
}

const markHex = formMark.toString('hex')

function bytesOf(hex: string): string {
  return `toFixedString(unhex('${hex}'), ${hex.length / 2})`
}

/** RowBinary is the form of a row: texts by their length, the rest at fixed width, little-endian. */
function rowBinary(mark: string | undefined, fields: readonly RecordField[], row: string): string {
  const columns = fields.map((field) => expressionOf(field, `${row}.${field.column}`))
  return `formatRow('RowBinary', ${[...(mark === undefined ? [] : [mark]), ...columns].join(', ')})`
}

/** A time by its nanoseconds: a column whose precision was changed and whose values were not has the same leaves. */
function expressionOf(field: RecordField, column: string): string {
  return field.kind === 'time' ? `toUnixTimestamp64Nano(${column})` : column
}
