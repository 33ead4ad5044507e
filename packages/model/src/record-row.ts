import type { ByteWriter } from './byte-writer.ts'
import { bodyFields, headFields } from './record-fields.ts'
import type { RecordField } from './record-fields.ts'
import type { LedgerRecord } from './record.ts'

/** The offsets, in a written row, of the fields that its log gives, and of the body that a span sent again repeats. */
export interface RowPlaces {
  readonly logIndex: number
  readonly receivedAt: number
  /** `text_block`, then `text_at`. */
  readonly textBlock: number
  /** The first byte of the body, which goes to the row's end. */
  readonly body: number
  /** `ts`, then `end_ts`. */
  readonly ts: number
  readonly commitment: number
}

/**
 * Writes every field of a record, in the order of `recordFields`: ClickHouse's RowBinary. Returns the offsets of the fields
 * that may be written over, as {@link ByteWriter.length} counts.
 *
 * Preconditions, checked by the normalizer: IDs are '' or lower-case hex of full length, numbers fit their field.
 */
export function writeRow(writer: ByteWriter, record: LedgerRecord): RowPlaces {
  const place = (fields: readonly RecordField[]): number => {
    const start = writer.length
    for (const field of fields) writeField(writer, field, record)
    return start
  }
  place(ofLogId)
  return {
    logIndex: place(ofLogIndex),
    receivedAt: place(ofReceipt),
    textBlock: place(ofText),
    body: place(ofIds),
    ts: place(ofClaims),
    commitment: place(ofRest),
  }
}

const ofLogId = section(headFields, 'log_id', 'log_index')
const ofLogIndex = section(headFields, 'log_index', 'received_at')
const ofReceipt = section(headFields, 'received_at', 'text_block')
const ofText = section(headFields, 'text_block')
const ofIds = section(bodyFields, 'tenant', 'ts')
const ofClaims = section(bodyFields, 'ts', 'commitment')
const ofRest = section(bodyFields, 'commitment')

function section(
  fields: readonly RecordField[],
  first: string,
  next?: string,
): readonly RecordField[] {
  const placeOf = (name: string): number => fields.findIndex(({ column }) => column === name)
  return fields.slice(placeOf(first), next === undefined ? undefined : placeOf(next))
}

function writeField(writer: ByteWriter, field: RecordField, record: LedgerRecord): void {
  switch (field.kind) {
    case 'text':
      return writer.string(field.read(record))
    case 'fixed':
      return writer.hex(field.read(record), field.bytes)
    case 'time':
      return writer.int64(field.read(record))
    case 'uint32':
      return writer.uint32(field.read(record))
    case 'uint64':
      return writer.safeInt64(field.read(record))
  }
}
