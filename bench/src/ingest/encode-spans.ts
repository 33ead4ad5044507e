import type { AttributeValue, BenchSpan } from './agent-run.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

/** One OTLP request. */
export interface SpanBatch {
  readonly body: Buffer
  /** Where in it each span's trace ID lies; the span's own ID follows two bytes behind its end. */
  readonly traceIdOffsets: readonly number[]
  /** Where its marks lie, and what they are as a number: offset and value in turns. The trace IDs' are 4 bytes, all others 8 digits. */
  readonly traceMarks: Uint32Array
  readonly textMarks: Uint32Array
  /** Where each span's times lie, and what they are. */
  readonly timeOffsets: Uint32Array
  readonly times: BigUint64Array
}

const bodyBytesMax = 8 * 1024 * 1024

/** What the process that exports says of itself. */
const resource: Readonly<Record<string, AttributeValue>> = {
  'service.name': 'repo-agents',
  'service.version': '3.14.2',
  'service.instance.id': '0197c2a4-6c1e-7c33-9d0e-5a2f6b1e8d77',
  'deployment.environment.name': 'production',
  'host.name': 'agents-7f9c6d5b4-x2x8q',
  'process.pid': 4127,
  'process.runtime.name': 'nodejs',
  'process.runtime.version': '20.19.0',
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'opentelemetry',
  'telemetry.sdk.version': '2.12.1',
}

/** Reused: a request is copied out of it. */
const writer = new ProtobufWriter(bodyBytesMax)

/** Encodes spans as an `ExportTraceServiceRequest`: one resource, one scope. */
export function encodeSpans(spans: readonly BenchSpan[]): SpanBatch {
  writer.reset()
  const fromEnd: SpanPlace[] = []
  writer.message(1, () => {
    writer.message(2, () => {
      for (const span of spans.toReversed()) writer.message(2, () => fromEnd.push(writeSpan(span)))
      writer.message(1, () => {
        writer.string(2, '0.1.0')
        writer.string(1, '@whodid/sdk')
      })
    })
    writer.message(1, () => writeAttributes(1, resource))
  })
  const body = writer.toBytes()
  // Written from the back: the last is the first.
  const places = fromEnd.toReversed()
  const traceIdOffsets = places.map(({ traceId }) => body.length - traceId)
  return {
    body,
    traceIdOffsets,
    traceMarks: Uint32Array.from(traceIdOffsets.flatMap((at) => [at, body.readUInt32BE(at)])),
    textMarks: findTextMarks(body, spans, traceIdOffsets),
    timeOffsets: Uint32Array.from(
      places.flatMap(({ times }) => times.map((time) => body.length - time)),
    ),
    times: BigUint64Array.from(spans.flatMap((span) => [span.startUnixNs, span.endUnixNs])),
  }
}

function findTextMarks(
  body: Buffer,
  spans: readonly BenchSpan[],
  traceIdOffsets: readonly number[],
): Uint32Array {
  const found: number[] = []
  for (const [index, { marks }] of spans.entries()) {
    const from = traceIdOffsets[index] ?? 0
    const span = body.subarray(from, traceIdOffsets[index + 1])
    for (const mark of marks)
      for (let at = span.indexOf(mark); at >= 0; at = span.indexOf(mark, at + mark.length))
        found.push(from + at, Number.parseInt(mark, 16))
  }
  return Uint32Array.from(found)
}

/** How far from the end of what is written something of a span begins. */
interface SpanPlace {
  readonly traceId: number
  readonly times: readonly [start: number, end: number]
}

function writeSpan(span: BenchSpan): SpanPlace {
  writer.message(15, () => {
    if (span.failed) writer.uint(3, 2)
  })
  writeAttributes(9, span.attributes)
  // A tag of one byte stands before each of these.
  writer.fixed64(8, span.endUnixNs)
  const end = writer.length - 1
  writer.fixed64(7, span.startUnixNs)
  const start = writer.length - 1
  writer.uint(6, 1)
  writer.string(5, span.name)
  if (span.parentSpanId.length > 0) writer.bytes(4, span.parentSpanId)
  writer.bytes(2, span.spanId)
  writer.bytes(1, span.traceId)
  // Two bytes stand before it: its tag and its length.
  return { traceId: writer.length - 2, times: [start, end] }
}

function writeAttributes(
  field: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): void {
  for (const [key, value] of Object.entries(attributes).toReversed())
    writer.message(field, () => {
      writer.message(2, () => {
        writeValue(value)
      })
      writer.string(1, key)
    })
}

function writeValue(value: AttributeValue): void {
  if (typeof value === 'string') writer.string(1, value)
  else if (typeof value === 'boolean') writer.uint(2, value ? 1 : 0)
  else if (typeof value === 'number') writer.uint(3, value)
  else
    writer.message(5, () => {
      for (const element of value.toReversed())
        writer.message(1, () => {
          writer.string(1, element)
        })
    })
}
