import type { OtlpLogRecord } from './batch.ts'
import { readAttribute, readLoneValue } from './read-attributes.ts'
import type { AttributeMap } from './read-attributes.ts'
import type { WireReader } from './wire-reader.ts'

const logRecordFields = [
  [0x09, 'time_unix_nano'],
  [0x10, 'severity_number'],
  [0x1a, 'severity_text'],
  [0x2a, 'body'],
  [0x32, 'attributes'],
  [0x38, 'dropped_attributes_count'],
  [0x45, 'flags'],
  [0x4a, 'trace_id'],
  [0x52, 'span_id'],
  [0x59, 'observed_time'],
  [0x62, 'event_name'],
] as const

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

/** Reads a `LogRecord`; see `decode-protobuf.ts`. */
export function readLogRecord(reader: WireReader): OtlpLogRecord {
  const attributes: AttributeMap = new Map()
  const record: Mutable<OtlpLogRecord> = {
    traceIdHex: '',
    spanIdHex: '',
    flags: 0,
    timeUnixNs: 0n,
    observedUnixNs: 0n,
    severityNumber: 0,
    severityText: '',
    eventName: '',
    body: null,
    attributes,
    droppedCount: 0,
  }
  let leftOut = 0
  reader.budget.take()
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x32) leftOut += readAttribute(reader, attributes)
    else if (tag === 0x09) record.timeUnixNs = reader.fixed64()
    else if (tag === 0x59) record.observedUnixNs = reader.fixed64()
    else if (tag === 0x10) record.severityNumber = reader.int32()
    else if (tag === 0x1a) record.severityText = reader.string()
    else if (tag === 0x2a) leftOut += readBody(reader, record)
    else if (tag === 0x38) record.droppedCount = reader.uint32()
    else if (tag === 0x45) record.flags = reader.fixed32()
    else if (tag === 0x4a) record.traceIdHex = reader.hex()
    else if (tag === 0x52) record.spanIdHex = reader.hex()
    else if (tag === 0x62) record.eventName = reader.string()
    else reader.skip(tag, logRecordFields)
  }
  reader.leave(parentEnd)
  record.droppedCount += leftOut
  return record
}

/** Of a body that cannot be read nothing is there, and that is counted. */
function readBody(reader: WireReader, record: Mutable<OtlpLogRecord>): 0 | 1 {
  const body = readLoneValue(reader)
  record.body = body ?? null
  return body === undefined ? 1 : 0
}
