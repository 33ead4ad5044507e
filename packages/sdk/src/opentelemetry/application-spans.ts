import type { Span, SpanContext } from '@opentelemetry/api'
import type { Scope } from '../context/scope.ts'

/** Open spans of the application that are known to be below a run; those beyond belong to nobody, and are counted. */
const openSpansMax = 65_536
/** Spans around a run that have not ended yet; of more, the oldest are forgotten, and the ledger shows a missing parent. */
const enclosingSpansMax = 16_384

/** The scope in which a span of the application began, with the prompt and plan in force then. */
export interface SpanOrigin {
  readonly scope: Scope
  readonly promptRef: string
  readonly planRef: string
  /** The record above it, where the span's own parent does not lead there: within a framework that activates no context. */
  readonly above: SpanContext | undefined
}

const open = new Map<string, SpanOrigin>()
const enclosing = new Set<string>()
let overflown = 0

/** Notes that a span of the application began in a scope. */
export function noteBegun(spanId: string, scope: Scope, above?: SpanContext): void {
  if (open.size >= openSpansMax) {
    overflown += 1
    return
  }
  const { promptRef, planRef } = scope.frame
  open.set(spanId, { scope, promptRef, planRef, above })
}

/** Returns the origin of a span that ends, once. */
export function takeOrigin(spanId: string): SpanOrigin | undefined {
  const origin = open.get(spanId)
  open.delete(spanId)
  return origin
}

/** Keeps a span of a framework from the ledger, which has a record of its own of the same. */
export function disownSpan(span: Span): void {
  open.delete(span.spanContext().spanId)
}

/** True when the ledger will receive this span of the application's. */
export function isApplicationSpanReceived(span: SpanContext): boolean {
  return open.has(span.spanId)
}

/** Notes that a run hangs from this span of the application's, which the ledger then needs as its parent. */
export function noteEnclosing(span: SpanContext): void {
  if (span.isRemote === true) return
  if (enclosing.size >= enclosingSpansMax) {
    const [oldest = ''] = enclosing
    enclosing.delete(oldest)
  }
  enclosing.add(span.spanId)
}

/** True, once, when a span that ends has a run below it. */
export function takeEnclosing(spanId: string): boolean {
  return enclosing.delete(spanId)
}

/** Spans of the application that were left out because too many were open. */
export function spansLeftOut(): number {
  return overflown
}

/** Forgets everything, as the recording ends. */
export function forgetApplicationSpans(): void {
  overflown = 0
  open.clear()
  enclosing.clear()
}
