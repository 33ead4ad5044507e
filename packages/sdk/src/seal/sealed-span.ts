import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { HrTime } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { sealDigest } from '@whodid/identity/seal'
import { attribute, spanRef } from '@whodid/model'
import { randomBytes } from 'node:crypto'
import type { TokenSubject } from './request-token.ts'

/** The instance that a span is of, as a token can name it; undefined for any other span. */
export function subjectOf({ attributes }: ReadableSpan): TokenSubject | undefined {
  const text = textReader(attributes)
  const template = text(attribute.templateId)
  const instance = text(attribute.instanceId)
  // Names that a SPIFFE ID cannot hold are never changed to fit; such an agent sends unsealed.
  if (text(attribute.actorType) !== 'agent' || !isName(template) || !isInstance(instance))
    return undefined
  return {
    template,
    instance,
    delegator: text(attribute.delegatorId),
    delegatorIssuer: text(attribute.delegatorIssuer),
  }
}

/** An instance below a run is `<run>/<agent>`: its parts become segments of the SPIFFE ID. */
function isInstance(text: string): boolean {
  const parts = text.split('/')
  return text.length <= 200 && parts.length <= 8 && parts.every(isName)
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,200}$/u.test(text) && text !== '.' && text !== '..'
}

/** The digest of a span, of what the collector will see. */
export function digestOfSpan(span: ReadableSpan): string {
  const { traceId, spanId } = span.spanContext()
  const text = textReader(span.attributes)
  return sealDigest({
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    startUnixNs: unixNs(span.startTime),
    endUnixNs: unixNs(span.endTime),
    instance: text(attribute.instanceId),
    template: text(attribute.templateId),
    delegator: text(attribute.delegatorId),
    delegatorIssuer: text(attribute.delegatorIssuer),
    correlation: text(attribute.correlationId),
    credential: text(attribute.credentialId),
    verb: text(attribute.actionVerb),
    resource: text(attribute.resourceId),
    argumentsHash: text(attribute.toolArgumentsHash),
    resultHash: text(attribute.toolResultHash),
    kind: text(attribute.recordKind),
    actorType: text(attribute.actorType),
    delegatorType: text(attribute.delegatorType),
    actionId: text(attribute.actionId),
    outcome: text(attribute.actionOutcome),
    parentInstance: text(attribute.instanceParentId),
    tool: text(attribute.toolName),
    prompt: text(attribute.promptRef),
  })
}

/** Returns a span with further attributes; the span itself is the application's and stays as it is. */
export function withAttributes(
  span: ReadableSpan,
  added: Readonly<Record<string, string>>,
): ReadableSpan {
  // Sound: everything but the attributes is the span's own, through its prototype.
  return Object.create(span, {
    attributes: { value: { ...span.attributes, ...added }, enumerable: true },
  }) as ReadableSpan
}

/** A span that carries a seal, and its reference. */
export interface SealSpan {
  readonly ref: string
  readonly carry: (jws: string) => ReadableSpan
}

/** Makes the span of a seal, below `like`, one of the spans that it covers: whoever reads that trace reads the seal with it. */
export function sealSpan(like: ReadableSpan, { template, instance }: TokenSubject): SealSpan {
  const parent = like.spanContext()
  const { traceId } = parent
  const spanId = randomBytes(8).toString('hex')
  const at = like.endTime
  const carry = (jws: string): ReadableSpan => ({
    name: 'whodid.seal',
    kind: SpanKind.INTERNAL,
    spanContext: () => ({ traceId, spanId, traceFlags: TraceFlags.SAMPLED }),
    parentSpanContext: parent,
    startTime: at,
    endTime: at,
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      [attribute.recordKind]: 'other',
      [attribute.actorType]: 'agent',
      [attribute.templateId]: template,
      [attribute.instanceId]: instance,
      [attribute.sealJws]: jws,
    },
    links: [],
    events: [],
    duration: [0, 0],
    ended: true,
    resource: like.resource,
    instrumentationScope: like.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  })
  return { ref: spanRef(traceId, spanId), carry }
}

function unixNs([seconds, nanoseconds]: HrTime): bigint {
  return BigInt(Math.trunc(seconds)) * 1_000_000_000n + BigInt(Math.trunc(nanoseconds))
}

function textReader(attributes: ReadableSpan['attributes']): (key: string) => string {
  return (key) => {
    const value = attributes[key]
    return typeof value === 'string' ? value : ''
  }
}
