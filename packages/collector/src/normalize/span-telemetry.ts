import { isSpanIdHex, isTraceIdHex, printableLine, blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { OtlpSpan, OtlpSource } from '../otlp/batch.ts'
import type { Telemetry } from './conventions/telemetry.ts'

/** The last whole second that `DateTime64(9)` holds, 2262-04-11. OTLP cannot express a time before 1970. */
const latestUnixNs = 9_223_372_035_000_000_000n

/** Returns the reason that the ledger cannot hold a span: field, expected and actual value; undefined when it can. */
export function checkSpan(span: OtlpSpan): string | undefined {
  if (!isTraceIdHex(span.traceIdHex))
    return expected('traceId', '32 hex digits, not all zero', span.traceIdHex)
  if (!isSpanIdHex(span.spanIdHex))
    return expected('spanId', '16 hex digits, not all zero', span.spanIdHex)
  if (!/^(?:[0-9a-f]{16})?$/u.test(span.parentSpanIdHex))
    return expected('parentSpanId', '16 hex digits or nothing', span.parentSpanIdHex)
  if (span.startUnixNs === 0n || span.startUnixNs > latestUnixNs)
    return expected('startTimeUnixNano', instantRange, `${span.startUnixNs}`)
  if (span.endUnixNs > latestUnixNs)
    return expected('endTimeUnixNano', instantRange, `${span.endUnixNs}`)
  return undefined
}

/** True when an instant fits the ledger's columns. */
export function fitsLedger(unixNs: bigint): boolean {
  return unixNs <= latestUnixNs
}

const instantRange = 'nanoseconds after 1970 and before 2262-04-11'

function expected(field: string, what: string, got: string): string {
  return `"${field}" expected ${what}; got "${printableLine(got, 40)}"`
}

const uint8Max = 255
const uint32Max = 2 ** 32 - 1

/** Converts a span to the conventions' form, and reads its envelope. Precondition: it has passed `checkSpan`. */
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

/** A value that does not fit its column is set to the column's limit. */
function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max)
}

function innerDropped(span: OtlpSpan): number {
  let count = 0
  for (const event of span.events) count += event.droppedCount
  for (const link of span.links) count += link.droppedCount
  return count
}
