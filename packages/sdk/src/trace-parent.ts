import { TraceFlags } from '@opentelemetry/api'
import type { SpanContext } from '@opentelemetry/api'
import { isSpanIdHex, isTraceIdHex } from '@whodid/model'

/** A `traceparent` header (W3C Trace Context §3.2). Always sampled: the ledger keeps everything. */
export function formatTraceParent(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-01`
}

/** The span a `traceparent` names; undefined when it is not one. A version after 00 may carry more, which is ignored. */
export function parseTraceParent(text: string): SpanContext | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/u.exec(
    text.trim(),
  )
  const [, version = 'ff', traceId = '', spanId = ''] = match ?? []
  if (version === 'ff' || !isTraceIdHex(traceId) || !isSpanIdHex(spanId)) return undefined
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
}
