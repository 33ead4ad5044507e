import type { OtlpEvent, OtlpLink, OtlpSpan } from './batch.ts'
import { readAttribute } from './read-attributes.ts'
import type { AttributeMap } from './read-attributes.ts'
import type { WireReader } from './wire-reader.ts'

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface SpanInReading extends Mutable<Omit<OtlpSpan, 'events' | 'links'>> {
  readonly events: OtlpEvent[]
  readonly links: OtlpLink[]
}

const spanFields = [
  [0x0a, 'trace_id'],
  [0x12, 'span_id'],
  [0x1a, 'trace_state'],
  [0x22, 'parent_span_id'],
  [0x2a, 'name'],
  [0x30, 'kind'],
  [0x39, 'start_time_unix_nano'],
  [0x41, 'end_time_unix_nano'],
  [0x4a, 'attributes'],
  [0x50, 'dropped_attributes_count'],
  [0x5a, 'events'],
  [0x60, 'dropped_events_count'],
  [0x6a, 'links'],
  [0x70, 'dropped_links_count'],
  [0x7a, 'status'],
  [0x85, 'flags'],
] as const

/** Reads a `Span`, its events and links with it; see `decode-protobuf.ts`. */
export function readSpan(reader: WireReader): OtlpSpan {
  const attributes: AttributeMap = new Map()
  const span: SpanInReading = {
    traceIdHex: '',
    spanIdHex: '',
    parentSpanIdHex: '',
    traceState: '',
    flags: 0,
    name: '',
    kind: 0,
    startUnixNs: 0n,
    endUnixNs: 0n,
    attributes,
    droppedCount: 0,
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
  }
  reader.budget.take()
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x4a) span.droppedCount += readAttribute(reader, attributes)
    else if (tag === 0x0a) span.traceIdHex = reader.hex()
    else if (tag === 0x12) span.spanIdHex = reader.hex()
    else if (tag === 0x22) span.parentSpanIdHex = reader.hex()
    else if (tag === 0x2a) span.name = reader.string()
    else if (tag === 0x30) span.kind = reader.int32()
    else if (tag === 0x39) span.startUnixNs = reader.fixed64()
    else if (tag === 0x41) span.endUnixNs = reader.fixed64()
    else if (tag === 0x7a) readStatus(reader, span)
    else if (tag === 0x85) span.flags = reader.fixed32()
    else readRareField(reader, tag, span)
  }
  reader.leave(parentEnd)
  return span
}

/** The empty lists of a span that has none. */
function readRareField(reader: WireReader, tag: number, span: SpanInReading): void {
  if (tag === 0x1a) span.traceState = reader.string()
  else if (tag === 0x5a) span.droppedCount += readPart(reader, span.events, readEvent)
  else if (tag === 0x6a) span.droppedCount += readPart(reader, span.links, readLink)
  else if (tag === 0x50 || tag === 0x60 || tag === 0x70) span.droppedCount += reader.uint32()
  else reader.skip(tag, spanFields)
}

/** Reads an event or a link. Returns 1 when it cannot be read and is left out, else 0. */
function readPart<Part>(
  reader: WireReader,
  parts: Part[],
  read: (reader: WireReader) => Part,
): 0 | 1 {
  let left: 0 | 1 = 0
  reader.budget.take()
  const parentEnd = reader.enter()
  const { end } = reader
  try {
    parts.push(read(reader))
  } catch (thrown) {
    left = reader.leaveOut(thrown, end)
  }
  reader.leave(parentEnd)
  return left
}

const eventFields = [
  [0x09, 'time_unix_nano'],
  [0x12, 'name'],
  [0x1a, 'attributes'],
  [0x20, 'dropped_attributes_count'],
] as const

function readEvent(reader: WireReader): OtlpEvent {
  const attributes: AttributeMap = new Map()
  const event: Mutable<OtlpEvent> = { timeUnixNs: 0n, name: '', attributes, droppedCount: 0 }
  let leftOut = 0
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x1a) leftOut += readAttribute(reader, attributes)
    else if (tag === 0x09) event.timeUnixNs = reader.fixed64()
    else if (tag === 0x12) event.name = reader.string()
    else if (tag === 0x20) event.droppedCount = reader.uint32()
    else reader.skip(tag, eventFields)
  }
  event.droppedCount += leftOut
  return event
}

const linkFields = [
  [0x0a, 'trace_id'],
  [0x12, 'span_id'],
  [0x1a, 'trace_state'],
  [0x22, 'attributes'],
  [0x28, 'dropped_attributes_count'],
  [0x35, 'flags'],
] as const

function readLink(reader: WireReader): OtlpLink {
  const attributes: AttributeMap = new Map()
  const link: Mutable<OtlpLink> = {
    traceIdHex: '',
    spanIdHex: '',
    traceState: '',
    attributes,
    droppedCount: 0,
    flags: 0,
  }
  let leftOut = 0
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x22) leftOut += readAttribute(reader, attributes)
    else if (tag === 0x0a) link.traceIdHex = reader.hex()
    else if (tag === 0x12) link.spanIdHex = reader.hex()
    else if (tag === 0x1a) link.traceState = reader.string()
    else if (tag === 0x28) link.droppedCount = reader.uint32()
    else if (tag === 0x35) link.flags = reader.fixed32()
    else reader.skip(tag, linkFields)
  }
  link.droppedCount += leftOut
  return link
}

const statusFields = [
  [0x12, 'message'],
  [0x18, 'code'],
] as const

/** Reads a status. A repeated status replaces the earlier one whole: fields that it lacks are unset. */
function readStatus(reader: WireReader, span: SpanInReading): void {
  span.statusCode = 0
  span.statusMessage = ''
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x12) span.statusMessage = reader.string()
    else if (tag === 0x18) span.statusCode = reader.int32()
    else reader.skip(tag, statusFields)
  }
  reader.leave(parentEnd)
}
