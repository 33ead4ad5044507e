import type { LedgerRecord } from '@whodid/model'
import { ByteWriter, writeRow } from '@whodid/model'

/**
 * Encodes records as rows of ClickHouse's RowBinary format for `whodid.spans`: the bytes that the canonical form of each
 * holds behind its head, whatever their length.
 *
 * Rows may be concatenated: the engine reads them one after another in a single insert, which is what lets the
 * collector's log hold exactly the bytes that the insert sends.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, times fit `DateTime64(9)`,
 * numbers fit their column.
 */
export function encodeRecords(records: readonly LedgerRecord[]): Buffer {
  const writer = new ByteWriter()
  for (const record of records) writeRow(writer, record)
  return writer.toBytes()
}
