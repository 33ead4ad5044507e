import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Telemetry } from './conventions/telemetry.ts'
import type { OtlpSource, OtlpSpan } from './otlp/batch.ts'

const uint8Max = 255
const uint32Max = 2 ** 32 - 1

/** Sees a span as the conventions do, and takes what its envelope says. Precondition: it has passed `checkSpan`. */
export function spanTelemetry(
  span: OtlpSpan,
  group: OtlpSource<OtlpSpan>,
): { telemetry: Telemetry; envelope: LedgerRecord } {
  const isRoot = /^0*$/u.test(span.parentSpanIdHex)
  const kind = clamp(span.kind, uint8Max)
  const statusCode = clamp(span.statusCode, uint8Max)
  return {
    telemetry: {
      signal: 'span',
      name: span.name,
      kind,
      isRoot,
      statusCode,
      scopeName: group.scope.name,
      attributes: span.attributes,
      resource: group.resource.attributes,
      events: span.events,
      body: null,
    },
    envelope: spanEnvelope(span, { isRoot, kind, statusCode }),
  }
}

function spanEnvelope(
  span: OtlpSpan,
  { isRoot, kind, statusCode }: Pick<Telemetry, 'isRoot' | 'kind' | 'statusCode'>,
): LedgerRecord {
  const record = blankRecord()
  record.signal = 'span'
  record.traceIdHex = span.traceIdHex
  record.spanIdHex = span.spanIdHex
  record.parentSpanIdHex = isRoot ? '' : span.parentSpanIdHex
  record.startUnixNs = span.startUnixNs
  record.endUnixNs = span.endUnixNs
  record.name = span.name
  record.kind = kind
  record.statusCode = statusCode
  record.statusMessage = span.statusMessage
  record.traceState = span.traceState
  record.flags = clamp(span.flags, uint32Max)
  record.droppedCount = span.droppedCount + innerDropped(span)
  return record
}

/** What does not fit its column is pushed to the column's edge. */
function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max)
}

function innerDropped(span: OtlpSpan): number {
  let count = 0
  for (const event of span.events) count += event.droppedCount
  for (const link of span.links) count += link.droppedCount
  return count
}
