import type { AttributeValue, BenchSpan } from './agent-run.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

/** One OTLP request. */
export interface SpanBatch {
  readonly body: Buffer
  /** Where in it each span's trace ID lies; the span's own ID follows two bytes behind its end. */
  readonly traceIdOffsets: readonly number[]
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

/** Encodes spans as an `ExportTraceServiceRequest`: one resource, one scope. */
export function encodeSpans(spans: readonly BenchSpan[]): SpanBatch {
  const writer = new ProtobufWriter(bodyBytesMax)
  const fromEnd: number[] = []
  writer.message(1, () => {
    writer.message(2, () => {
      for (const span of spans.toReversed())
        writer.message(2, () => fromEnd.push(writeSpan(writer, span)))
      writer.message(1, () => {
        writer.string(2, '0.1.0')
        writer.string(1, '@whodid/sdk')
      })
    })
    writer.message(1, () => writeAttributes(writer, 1, resource))
  })
  const body = writer.toBytes()
  return { body, traceIdOffsets: fromEnd.map((distance) => body.length - distance) }
}

/** Returns how far from the end of what is written the trace ID begins. */
function writeSpan(writer: ProtobufWriter, span: BenchSpan): number {
  writer.message(15, () => {
    if (span.failed) writer.uint(3, 2)
  })
  writeAttributes(writer, 9, span.attributes)
  writer.fixed64(8, span.endUnixNs)
  writer.fixed64(7, span.startUnixNs)
  writer.uint(6, 1)
  writer.string(5, span.name)
  if (span.parentSpanId.length > 0) writer.bytes(4, span.parentSpanId)
  writer.bytes(2, span.spanId)
  writer.bytes(1, span.traceId)
  // Two bytes stand before it: its tag and its length.
  return writer.length - 2
}

function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Readonly<Record<string, AttributeValue>>,
): void {
  for (const [key, value] of Object.entries(attributes).toReversed())
    writer.message(field, () => {
      writer.message(2, () => {
        writeValue(writer, value)
      })
      writer.string(1, key)
    })
}

function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
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
