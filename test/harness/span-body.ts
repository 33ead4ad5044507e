import { createHash } from 'node:crypto'

/** A span of a test's own, by small numbers for its ID and its parent's. */
export interface TestSpan {
  readonly id: number
  readonly under?: number
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
}

/** A body of spans of one trace, and what they are called. */
export interface SpanBody {
  readonly body: Readonly<Record<string, unknown>>
  readonly traceId: string
  readonly handle: (id: number) => string
  readonly ref: (id: number) => { readonly traceId: string; readonly spanId: string }
}

const startNs = BigInt(Date.UTC(2026, 10, 20)) * 1_000_000n

/** Spans of a trace whose ID is made of `name`, a second apart, in OTLP/JSON; their status is unset. */
export function spanBody(name: string, spans: readonly TestSpan[]): SpanBody {
  const traceId = createHash('md5').update(name).digest('hex')
  const encoded = spans.map(({ id, under, name: title, attributes, links = [] }) => ({
    traceId,
    spanId: spanIdOf(id),
    ...(under === undefined ? {} : { parentSpanId: spanIdOf(under) }),
    name: title,
    kind: 1,
    startTimeUnixNano: timeOf(id),
    endTimeUnixNano: timeOf(id),
    attributes: attributesOf(attributes),
    links,
  }))
  return {
    body: {
      resourceSpans: [
        {
          resource: { attributes: attributesOf({ 'service.name': 'shop-assistant' }) },
          scopeSpans: [{ scope: { name: 'app' }, spans: encoded }],
        },
      ],
    },
    traceId,
    handle: (id) => `span:${traceId}-${spanIdOf(id)}`,
    ref: (id) => ({ traceId, spanId: spanIdOf(id) }),
  }
}

/** One log record of a span, in OTLP/JSON. A body that is an object is told as one. */
export function logBody(
  traceId: string,
  span: number,
  log: {
    readonly event: string
    readonly attributes: Readonly<Record<string, string | undefined>>
    readonly body: string | Readonly<Record<string, string>>
  },
): Readonly<Record<string, unknown>> {
  const body =
    typeof log.body === 'string'
      ? { stringValue: log.body }
      : { kvlistValue: { values: attributesOf(log.body) } }
  const record = {
    traceId,
    spanId: spanIdOf(span),
    timeUnixNano: timeOf(span),
    eventName: log.event,
    attributes: attributesOf(log.attributes),
    body,
  }
  return { resourceLogs: [{ scopeLogs: [{ scope: { name: 'app' }, logRecords: [record] }] }] }
}

function spanIdOf(id: number): string {
  return id.toString(16).padStart(16, '0')
}

function timeOf(id: number): string {
  return `${startNs + BigInt(id) * 1_000_000_000n}`
}

function attributesOf(attributes: Readonly<Record<string, string | undefined>>): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: { stringValue: value } }],
  )
}
