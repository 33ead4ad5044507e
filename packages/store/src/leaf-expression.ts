import { entryBytesMax, recordFields } from '@whodid/model'
import type { RecordField } from '@whodid/model'

/**
 * SQL for the RFC 6962 leaf hash of a row of `whodid.spans` named `row`, as `FixedString(32)`: the engine computes from
 * its own columns the hash that the collector computed when it sealed the record. See `docs/FORMAT.md`.
 *
 * `row` is the table's alias in the statement: every column is named through it, because an alias of a column's own
 * name would be hashed in its place.
 */
export function leafExpression(row = 'spans'): string {
  // The whole is named once: the engine would analyse ninety columns for each time it is written out. Choosing between two
  // hashes and not between two texts spares a copy of every form, a twelfth of what a leaf costs.
  return `if(length(${canonicalExpression(row)} AS leaf_input) > ${entryBytesMax + 1}, SHA256(concat(unhex('${headHex}02'), SHA256(leaf_input))), SHA256(leaf_input))`
}

/** SQL for the bytes that are hashed into the leaf: RFC 6962's byte 0 and the canonical record, as a text of bytes. */
export function leafInputExpression(row = 'spans'): string {
  return `if(length(${canonicalExpression(row)} AS leaf_input) > ${entryBytesMax + 1}, concat(unhex('${headHex}02'), SHA256(leaf_input)), leaf_input)`
}

/** SQL for the bytes that the leaf of a row hashes, unless they are too long: a zero byte and the row's whole canonical form. */
export function canonicalExpression(row: string): string {
  // RowBinary is the canonical form of a row: texts and lists by their length, the rest at fixed width, little-endian.
  return `formatRow('RowBinary', toFixedString(unhex('${headHex}01'), 5), ${fieldsOf(row)})`
}

const headHex = '00574401'

function fieldsOf(row: string): string {
  return recordFields.map((field) => expressionOf(field, `${row}.${field.column}`)).join(', ')
}

/** A time by its nanoseconds: a column whose precision was changed and whose values were not has the same leaves. */
function expressionOf(field: RecordField, column: string): string {
  return field.kind === 'time' ? `toUnixTimestamp64Nano(${column})` : column
}
