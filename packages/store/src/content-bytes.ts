import type { LedgerRecord } from '@whodid/model'
import { ByteWriter } from '@whodid/model'
import { spanColumns } from './span-columns.ts'
import type { SpanColumn } from './span-columns.ts'

/**
 * What a record says, as bytes: its text, or the keyed digest of it once it is sealed, and every column but the time it was received, the channel,
 * its place in the log and what its text was sealed into, which another sending of the same span may change; and of a log
 * record its times, for one without a time stands at the time it was received.
 *
 * Two records have the same bytes only when all these columns are equal. The bytes are valid until the next call.
 *
 * Byte by byte, for each column that is not blank: its place in the table as one byte, then as the Native format has it
 * a text, or an integer of 8 bytes; a list as its length and its texts.
 */
export function contentBytes(record: LedgerRecord): Uint8Array {
  writer.clear()
  for (const { place, column } of columns) writeColumn(place, column, record)
  if (record.signal === 'span') {
    writer.int64(record.startUnixNs)
    writer.int64(record.endUnixNs)
  }
  for (const text of [record.content, record.result, record.detail]) writer.string(text)
  writer.string(record.textDigestHex)
  return writer.view()
}

const writer = new ByteWriter()

const leftOut = new Set(
  (
    'received_at channel ts end_ts log_id log_index ' +
    'content_ref content_commitment result_commitment detail_commitment'
  ).split(' '),
)

const columns = spanColumns
  .map((column, place) => ({ place, column }))
  .filter(({ column }) => !leftOut.has(column.name))

function writeColumn(place: number, column: SpanColumn, record: LedgerRecord): void {
  const value = column.read(record)
  if (value === '' || value === 0 || value === false) return
  if (typeof value === 'string') {
    writer.uint8(place)
    writer.string(value)
  } else if (typeof value === 'object') {
    if (value.length === 0) return
    writer.uint8(place)
    writer.varUint(value.length)
    for (const element of value) writer.string(element)
  } else {
    writer.uint8(place)
    if (typeof value === 'bigint') writer.int64(value)
    else writer.safeInt64(Number(value))
  }
}
