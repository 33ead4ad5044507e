import { ByteWriter, writeRow } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/**
 * Encodes records as rows of ClickHouse's RowBinary format for `whodid.spans`: the bytes that the canonical form of each
 * holds behind its head, at any length.
 *
 * Rows may be concatenated: the engine reads them one after another in a single insert, so that the
 * collector's log can hold exactly the bytes that the insert sends.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, times fit `DateTime64(9)`,
 * numbers fit their column.
 */
export function encodeRecords(records: readonly LedgerRecord[]): Buffer {
  const writer = new ByteWriter()
  for (const record of records) writeRow(writer, record)
  return writer.toBytes()
}

/** The fields of a record that `whodid.contents` holds. */
export type TextBlockOwner = Pick<LedgerRecord, 'receivedUnixNs' | 'textBlock'>

/**
 * Encodes the text blocks of records as one block of ClickHouse's Native format for `whodid.contents`, each once however
 * many of the records are in it; empty when none has text.
 *
 * A block, byte by byte: VarUInt columns, VarUInt rows, then per column: String name, String type, the values. Blocks may be
 * concatenated.
 */
export function encodeContents(records: readonly TextBlockOwner[]): Buffer {
  const rows: TextBlockOwner[] = []
  const known = new Set<object>()
  for (const record of records) {
    if (record.textBlock === undefined || known.has(record.textBlock)) continue
    known.add(record.textBlock)
    rows.push(record)
  }
  if (rows.length === 0) return nothing
  const writer = new ByteWriter()
  writer.varUint(4)
  writer.varUint(rows.length)
  writeHead(writer, 'tenant', 'String')
  for (const row of rows) writer.string(row.textBlock?.tenant ?? '')
  writeHead(writer, 'ref', 'FixedString(24)')
  for (const row of rows) writer.hex(row.textBlock?.nameHex ?? '', 24)
  writeHead(writer, 'received_at', "DateTime64(9, 'UTC')")
  for (const row of rows) writer.int64(row.receivedUnixNs)
  writeHead(writer, 'sealed', 'String')
  for (const row of rows) writer.bytes(row.textBlock?.sealed ?? nothing)
  return writer.toBytes()
}

const nothing = Buffer.alloc(0)

function writeHead(writer: ByteWriter, name: string, type: string): void {
  writer.string(name)
  writer.string(type)
}
