import type { Reader } from 'protobufjs'
import type {
  LogBatch,
  OtlpEvent,
  OtlpGroup,
  OtlpLink,
  OtlpLogRecord,
  OtlpResource,
  OtlpScope,
  OtlpSpan,
  SpanBatch,
} from './batch.ts'
import { emptyResource, emptyScope } from './batch.ts'
import type { DecodeBudget } from './decode-budget.ts'
import { AttributeReader } from './read-attributes.ts'
import {
  expectWire,
  fixed32,
  fixed64,
  lengthDelimited,
  openReader,
  readFields,
  readHex,
  readMessage,
  readUnsigned64,
  varint,
} from './wire.ts'

/*
 * One function a message of opentelemetry-proto 1.11 (trace.proto, logs.proto, resource.proto, common.proto). A case is
 * a field number; its wire type is checked, because a field of the wrong type means that framing is lost.
 */

/** Decodes an `ExportTraceServiceRequest`. Throws `invalid_body` or `body_too_large`; what it returns is unchecked. */
export function decodeSpansProtobuf(bytes: Buffer, budget: DecodeBudget): SpanBatch {
  return decodeGroups({ bytes, budget, readItem: readSpan, itemName: 'spans' })
}

/** Decodes an `ExportLogsServiceRequest`; as {@link decodeSpansProtobuf}. */
export function decodeLogsProtobuf(bytes: Buffer, budget: DecodeBudget): LogBatch {
  return decodeGroups({ bytes, budget, readItem: readLogRecord, itemName: 'log_records' })
}

type ItemReader<Item> = (reader: Reader, budget: DecodeBudget) => Item

interface GroupDecoding<Item> {
  readonly bytes: Buffer
  readonly budget: DecodeBudget
  readonly readItem: ItemReader<Item>
  readonly itemName: string
}

function decodeGroups<Item>(decoding: GroupDecoding<Item>): OtlpGroup<Item>[] {
  const { bytes, budget } = decoding
  const reader = openReader(bytes)
  const groups: OtlpGroup<Item>[] = []
  readFields(reader, (field, wire) => {
    if (field !== 1) return false
    expectWire('resource', lengthDelimited, wire)
    budget.take()
    readResourceGroups(reader, decoding, groups)
    return true
  })
  return groups
}

/** ResourceSpans and ResourceLogs: 1 resource, 2 scope_spans or scope_logs. The resource may come last. */
function readResourceGroups<Item>(
  reader: Reader,
  decoding: GroupDecoding<Item>,
  groups: OtlpGroup<Item>[],
): void {
  let resource = emptyResource
  const scopes: { scope: OtlpScope; items: Item[] }[] = []
  readMessage(reader, (field, wire) => {
    if (field !== 1 && field !== 2) return false
    expectWire(field === 1 ? 'resource' : 'scope', lengthDelimited, wire)
    decoding.budget.take()
    if (field === 1) resource = readResource(reader, decoding.budget)
    else scopes.push(readScopeGroup(reader, decoding))
    return true
  })
  for (const { scope, items } of scopes) groups.push({ resource, scope, items })
}

/** ScopeSpans and ScopeLogs: 1 scope, 2 spans or log_records. */
function readScopeGroup<Item>(
  reader: Reader,
  decoding: GroupDecoding<Item>,
): { scope: OtlpScope; items: Item[] } {
  let scope = emptyScope
  const items: Item[] = []
  readMessage(reader, (field, wire) => {
    if (field !== 1 && field !== 2) return false
    expectWire(field === 1 ? 'scope' : decoding.itemName, lengthDelimited, wire)
    decoding.budget.take()
    if (field === 1) scope = readScope(reader, decoding.budget)
    else items.push(decoding.readItem(reader, decoding.budget))
    return true
  })
  return { scope, items }
}

function readResource(reader: Reader, budget: DecodeBudget): OtlpResource {
  const attributes = new AttributeReader(reader, budget)
  let dropped = 0
  readMessage(reader, (field, wire) => {
    if (field === 1) return attributes.read(wire)
    if (field !== 2) return false
    expectWire('dropped_attributes_count', varint, wire)
    dropped = reader.uint32()
    return true
  })
  return { attributes: attributes.map, droppedCount: dropped + attributes.repeatedCount }
}

function readScope(reader: Reader, budget: DecodeBudget): OtlpScope {
  const attributes = new AttributeReader(reader, budget)
  let name = ''
  let version = ''
  readMessage(reader, (field, wire) => {
    if (field === 3) return attributes.read(wire)
    if (field !== 1 && field !== 2) return false
    expectWire(field === 1 ? 'name' : 'version', lengthDelimited, wire)
    if (field === 1) name = reader.string()
    else version = reader.string()
    return true
  })
  return { name, version, attributes: attributes.map }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

function readSpan(reader: Reader, budget: DecodeBudget): OtlpSpan {
  const attributes = new AttributeReader(reader, budget)
  const events: OtlpEvent[] = []
  const links: OtlpLink[] = []
  let dropped = 0
  const span: Mutable<Omit<OtlpSpan, 'attributes' | 'droppedCount' | 'events' | 'links'>> = {
    traceIdHex: '',
    spanIdHex: '',
    parentSpanIdHex: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startUnixNs: 0n,
    endUnixNs: 0n,
    statusCode: 0,
    statusMessage: '',
  }
  const readers: Readonly<Record<number, [string, number, () => void]>> = {
    1: ['trace_id', lengthDelimited, () => (span.traceIdHex = readHex(reader))],
    2: ['span_id', lengthDelimited, () => (span.spanIdHex = readHex(reader))],
    3: ['trace_state', lengthDelimited, () => (span.traceState = reader.string())],
    4: ['parent_span_id', lengthDelimited, () => (span.parentSpanIdHex = readHex(reader))],
    5: ['name', lengthDelimited, () => (span.name = reader.string())],
    6: ['kind', varint, () => (span.kind = reader.int32())],
    7: ['start_time_unix_nano', fixed64, () => (span.startUnixNs = readUnsigned64(reader))],
    8: ['end_time_unix_nano', fixed64, () => (span.endUnixNs = readUnsigned64(reader))],
    10: ['dropped_attributes_count', varint, () => (dropped += reader.uint32())],
    11: ['events', lengthDelimited, () => events.push(readEvent(reader, budget))],
    12: ['dropped_events_count', varint, () => (dropped += reader.uint32())],
    13: ['links', lengthDelimited, () => links.push(readLink(reader, budget))],
    14: ['dropped_links_count', varint, () => (dropped += reader.uint32())],
    15: ['status', lengthDelimited, () => Object.assign(span, readStatus(reader))],
    16: ['flags', fixed32, () => (span.flags = reader.fixed32())],
  }
  readMessage(reader, (field, wire) =>
    field === 9 ? attributes.read(wire) : readKnown(readers[field], wire),
  )
  const droppedCount = dropped + attributes.repeatedCount
  return { ...span, attributes: attributes.map, droppedCount, events, links }
}

function readKnown(known: [string, number, () => void] | undefined, wire: number): boolean {
  if (known === undefined) return false
  const [name, expected, read] = known
  expectWire(name, expected, wire)
  read()
  return true
}

function readEvent(reader: Reader, budget: DecodeBudget): OtlpEvent {
  budget.take()
  const attributes = new AttributeReader(reader, budget)
  const event = { timeUnixNs: 0n, name: '', droppedCount: 0 }
  const readers: Readonly<Record<number, [string, number, () => void]>> = {
    1: ['time_unix_nano', fixed64, () => (event.timeUnixNs = readUnsigned64(reader))],
    2: ['name', lengthDelimited, () => (event.name = reader.string())],
    4: ['dropped_attributes_count', varint, () => (event.droppedCount = reader.uint32())],
  }
  readMessage(reader, (field, wire) =>
    field === 3 ? attributes.read(wire) : readKnown(readers[field], wire),
  )
  event.droppedCount += attributes.repeatedCount
  return { ...event, attributes: attributes.map }
}

function readLink(reader: Reader, budget: DecodeBudget): OtlpLink {
  budget.take()
  const attributes = new AttributeReader(reader, budget)
  const link = { traceIdHex: '', spanIdHex: '', traceState: '', droppedCount: 0, flags: 0 }
  const readers: Readonly<Record<number, [string, number, () => void]>> = {
    1: ['trace_id', lengthDelimited, () => (link.traceIdHex = readHex(reader))],
    2: ['span_id', lengthDelimited, () => (link.spanIdHex = readHex(reader))],
    3: ['trace_state', lengthDelimited, () => (link.traceState = reader.string())],
    5: ['dropped_attributes_count', varint, () => (link.droppedCount = reader.uint32())],
    6: ['flags', fixed32, () => (link.flags = reader.fixed32())],
  }
  readMessage(reader, (field, wire) =>
    field === 4 ? attributes.read(wire) : readKnown(readers[field], wire),
  )
  link.droppedCount += attributes.repeatedCount
  return { ...link, attributes: attributes.map }
}

function readStatus(reader: Reader): { statusCode: number; statusMessage: string } {
  const status = { statusCode: 0, statusMessage: '' }
  const readers: Readonly<Record<number, [string, number, () => void]>> = {
    2: ['message', lengthDelimited, () => (status.statusMessage = reader.string())],
    3: ['code', varint, () => (status.statusCode = reader.int32())],
  }
  readMessage(reader, (field, wire) => readKnown(readers[field], wire))
  return status
}

function readLogRecord(reader: Reader, budget: DecodeBudget): OtlpLogRecord {
  const attributes = new AttributeReader(reader, budget)
  const record: Mutable<Omit<OtlpLogRecord, 'attributes'>> = {
    traceIdHex: '',
    spanIdHex: '',
    flags: 0,
    timeUnixNs: 0n,
    observedUnixNs: 0n,
    severityNumber: 0,
    severityText: '',
    eventName: '',
    body: null,
    droppedCount: 0,
  }
  const readers: Readonly<Record<number, [string, number, () => void]>> = {
    1: ['time_unix_nano', fixed64, () => (record.timeUnixNs = readUnsigned64(reader))],
    2: ['severity_number', varint, () => (record.severityNumber = reader.int32())],
    3: ['severity_text', lengthDelimited, () => (record.severityText = reader.string())],
    5: ['body', lengthDelimited, () => (record.body = attributes.readValue(1))],
    7: ['dropped_attributes_count', varint, () => (record.droppedCount = reader.uint32())],
    8: ['flags', fixed32, () => (record.flags = reader.fixed32())],
    9: ['trace_id', lengthDelimited, () => (record.traceIdHex = readHex(reader))],
    10: ['span_id', lengthDelimited, () => (record.spanIdHex = readHex(reader))],
    11: ['observed_time', fixed64, () => (record.observedUnixNs = readUnsigned64(reader))],
    12: ['event_name', lengthDelimited, () => (record.eventName = reader.string())],
  }
  readMessage(reader, (field, wire) =>
    field === 6 ? attributes.read(wire) : readKnown(readers[field], wire),
  )
  record.droppedCount += attributes.repeatedCount
  return { ...record, attributes: attributes.map }
}
