import { randomBytes } from 'node:crypto'

/** A value of an attribute; undefined and '' say nothing and are left out. */
export type AttributeValue = string | number | boolean | readonly string[] | undefined
/** Attributes of a span or of its resource, by their keys. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** The place of a span: what stands below it names it as its parent. */
export interface SpanPlace {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits. */
  readonly spanId: string
}

/** One span to be sent. */
export interface SpanToSend extends SpanPlace {
  readonly parentSpanId?: string | undefined
  readonly name: string
  readonly startUnixMs: number
  readonly endUnixMs: number
  readonly attributes: Attributes
  /** Makes the span's status ERROR, with this message. */
  readonly error?: string | undefined
}

/** The body of a request to `/v1/traces` with JSON. */
export function otlpJson(resource: Attributes, spans: readonly SpanToSend[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: encodeAttributes(resource) },
        scopeSpans: [{ scope: { name: '@whodid/launcher' }, spans: spans.map(encodeSpan) }],
      },
    ],
  })
}

/** A new place: in the trace of `parent`, or in a trace of its own. */
export function newPlace(parent: SpanPlace | undefined): SpanPlace {
  return {
    traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
  }
}

/** The place that a `traceparent` names; undefined for what is none. */
export function parseTraceParent(text: string | undefined): SpanPlace | undefined {
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/u.exec(text?.trim() ?? '')
  const [, traceId = '', spanId = ''] = match ?? []
  return match === null || /^0+$/u.test(traceId) || /^0+$/u.test(spanId)
    ? undefined
    : { traceId, spanId }
}

function encodeSpan(span: SpanToSend): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: 1,
    startTimeUnixNano: nanos(span.startUnixMs),
    endTimeUnixNano: nanos(Math.max(span.startUnixMs, span.endUnixMs)),
    attributes: encodeAttributes(span.attributes),
    ...(span.error === undefined ? {} : { status: { code: 2, message: span.error } }),
  }
}

/** Milliseconds may have a fraction: its microseconds are kept. */
function nanos(unixMs: number): string {
  return `${BigInt(Math.round(unixMs * 1_000)) * 1_000n}`
}

function encodeAttributes(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [{ key, value: encodeValue(value) }],
  )
}

function encodeValue(value: Exclude<AttributeValue, undefined>): object {
  if (typeof value === 'string') return { stringValue: value.toWellFormed() }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map((text) => ({ stringValue: text.toWellFormed() })) } }
}
