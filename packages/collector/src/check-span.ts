import { isSpanIdHex, isTraceIdHex, printableLine } from '@whodid/model'
import type { OtlpSpan } from './otlp/batch.ts'

/** The last whole second that `DateTime64(9)` holds, 2262-04-11. Earlier than 1970 OTLP cannot say. */
const latestUnixNs = 9_223_372_035_000_000_000n

/** Says why a span cannot stand in the ledger: the field, what was expected and what came; undefined when it can. */
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

/** Whether an instant fits the ledger's columns. */
export function fitsLedger(unixNs: bigint): boolean {
  return unixNs <= latestUnixNs
}

const instantRange = 'nanoseconds after 1970 and before 2262-04-11'

function expected(field: string, what: string, got: string): string {
  return `"${field}" expected ${what}; got "${printableLine(got, 40)}"`
}
