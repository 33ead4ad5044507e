/** What an attribute of a simulated span may hold. */
export type AttributeValue = string | number | boolean | readonly string[]

/** Attributes by key. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** A span as its emitter made it. IDs are lower-case hex; a root's `parentId` is ''. */
export interface SimSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string
  readonly name: string
  /** OTLP's `SpanKind`: 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly startNs: bigint
  readonly endNs: bigint
  /** OTLP's status code: 0 unset, 1 ok, 2 error. */
  readonly status: number
  readonly scope: string
  readonly attributes: Attributes
  /** Spans of other traces that it links to. */
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  /** What the emitting process says of itself. */
  readonly resource: Attributes
}

/** `<trace>-<span>`, as answers name a record. */
export function spanRefOf(span: Pick<SimSpan, 'traceId' | 'spanId'>): string {
  return `${span.traceId}-${span.spanId}`
}

/** Milliseconds as nanoseconds. */
export function milliseconds(count: number): bigint {
  return BigInt(Math.round(count * 1000)) * 1000n
}
