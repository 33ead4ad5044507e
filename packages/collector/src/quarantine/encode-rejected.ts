import { checkSpan } from '../normalize/span-telemetry.ts'
import type { Attributes, OtlpEvent, OtlpGroup, OtlpLink, OtlpSpan, Value } from '../otlp/batch.ts'
import type { OtlpBatch } from '../otlp/decode.ts'

/** The spans of a request that the ledger cannot hold, as a request of their own in OTLP's JSON. */
export interface Rejected {
  /** An `ExportTraceServiceRequest`, which `decode` reads back. */
  readonly request: object
  /** The reason that each of them was rejected, in their order. */
  readonly reasons: readonly string[]
}

/** Returns the spans of a batch that `checkSpan` refuses. Only spans are ever refused. */
export function encodeRejected(batch: OtlpBatch): Rejected {
  const reasons: string[] = []
  const resourceSpans: object[] = []
  if (batch.signal === 'spans')
    for (const group of batch.groups) {
      const spans = group.items.filter((span) => {
        const reason = checkSpan(span)
        if (reason !== undefined) reasons.push(reason)
        return reason !== undefined
      })
      if (spans.length > 0) resourceSpans.push(groupJson(group, spans))
    }
  return { request: { resourceSpans }, reasons }
}

function groupJson({ resource, scope }: OtlpGroup<OtlpSpan>, spans: readonly OtlpSpan[]): object {
  return {
    resource: {
      attributes: attributesJson(resource.attributes),
      droppedAttributesCount: resource.droppedCount,
    },
    scopeSpans: [
      {
        scope: {
          name: scope.name,
          version: scope.version,
          attributes: attributesJson(scope.attributes),
          droppedAttributesCount: scope.droppedCount,
        },
        spans: spans.map(spanJson),
      },
    ],
  }
}

function spanJson(span: OtlpSpan): object {
  return {
    traceId: span.traceIdHex,
    spanId: span.spanIdHex,
    parentSpanId: span.parentSpanIdHex,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: `${span.startUnixNs}`,
    endTimeUnixNano: `${span.endUnixNs}`,
    attributes: attributesJson(span.attributes),
    // One count of what the emitter dropped; which of the three it was makes no difference to the ledger.
    droppedAttributesCount: span.droppedCount,
    events: span.events.map(eventJson),
    links: span.links.map(linkJson),
    status: { code: span.statusCode, message: span.statusMessage },
  }
}

function eventJson(event: OtlpEvent): object {
  return {
    timeUnixNano: `${event.timeUnixNs}`,
    name: event.name,
    attributes: attributesJson(event.attributes),
    droppedAttributesCount: event.droppedCount,
  }
}

function linkJson(link: OtlpLink): object {
  return {
    traceId: link.traceIdHex,
    spanId: link.spanIdHex,
    traceState: link.traceState,
    flags: link.flags,
    attributes: attributesJson(link.attributes),
    droppedAttributesCount: link.droppedCount,
  }
}

function attributesJson(attributes: Attributes): object[] {
  return [...attributes].map(([key, value]) => ({ key, value: valueJson(value) }))
}

function valueJson(value: Value): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: `${value}` }
  // JSON has no NaN and no infinity; proto3 writes them as strings.
  if (typeof value === 'number')
    return { doubleValue: Number.isFinite(value) ? value : String(value) }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (isMap(value)) return { kvlistValue: { values: attributesJson(value) } }
  return { arrayValue: { values: value.map(valueJson) } }
}

function isMap(value: readonly Value[] | Attributes): value is Attributes {
  return value instanceof Map
}
