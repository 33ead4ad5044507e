import type { ByteWriter } from './byte-writer.ts'
import { recordFields } from './record-fields.ts'
import type { RecordField } from './record-fields.ts'
import type { LedgerRecord } from './record.ts'

/** The offsets, in a written row, of the fields that its log gives or that differ when a client sends the span again. */
export interface RowPlaces {
  readonly logIndex: number
  /** `tenant`, then `exporter`. */
  readonly tenant: number
  readonly channel: number
  readonly receivedAt: number
  /** `ts`, then `end_ts`. */
  readonly ts: number
  /** `text_block`, then `text_at`. */
  readonly texts: number
}

/** Bytes from {@link RowPlaces.texts} to the end of `text_at`. */
export const textPlacesBytes: number = 24 + 4

/**
 * Writes every field of a record, in the order of `recordFields`: ClickHouse's RowBinary, which the canonical form
 * holds behind its head. Returns the offsets of the fields that may be written over, as {@link ByteWriter.length} counts.
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
    tenant: place(ofSender),
    channel: place(ofChannel),
    receivedAt: place(ofReceipt),
    ts: place(ofTimes),
    texts: place(ofTexts),
  }
}

const ofLogId = section('log_id', 'log_index')
const ofLogIndex = section('log_index', 'tenant')
const ofSender = section('tenant', 'channel')
const ofChannel = section('channel', 'received_at')
const ofReceipt = section('received_at', 'ts')
const ofTimes = section('ts', 'text_block')
const ofTexts = section('text_block')

function section(first: string, next?: string): readonly RecordField[] {
  const placeOf = (name: string): number => recordFields.findIndex(({ column }) => column === name)
  return recordFields.slice(placeOf(first), next === undefined ? undefined : placeOf(next))
}

function writeField(writer: ByteWriter, field: RecordField, record: LedgerRecord): void {
  switch (field.kind) {
    case 'text':
      return writer.string(field.read(record))
    case 'list':
      return writeList(writer, field.read(record))
    case 'fixed':
      return writer.hex(field.read(record), field.bytes)
    case 'time':
      return writer.int64(field.read(record))
    case 'uint8':
    case 'bool':
      return writer.uint8(Number(field.read(record)))
    case 'uint32':
      return writer.uint32(field.read(record))
    case 'uint64':
    case 'int64':
      return writer.safeInt64(field.read(record))
  }
}

function writeList(writer: ByteWriter, list: readonly string[]): void {
  writer.varUint(list.length)
  for (const element of list) writer.string(element)
}
