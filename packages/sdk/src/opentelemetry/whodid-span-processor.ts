import { trace } from '@opentelemetry/api'
import type { Attributes, AttributeValue, Context, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { attribute, redactSecrets } from '@whodid/model'
import type { Config } from '../config.ts'
import { currentScope, parentOf, scopeOfContext } from '../context/scope.ts'
import { put } from '../context/identity.ts'
import { activeRuntime, guard } from '../runtime.ts'
import {
  isApplicationSpanReceived,
  noteBegun,
  noteEnclosing,
  takeEnclosing,
  takeOrigin,
} from './application-spans.ts'
import type { SpanOrigin } from './application-spans.ts'
import { databaseFacts, isContentKey, withoutContent } from './span-content.ts'

/**
 * The choice of spans that the processor sends.
 *
 * @example
 * const options: SpanProcessorOptions = { leaveOut: (span) => span.instrumentationScope.name === 'ai' }
 */
export interface SpanProcessorOptions {
  /** Returns true for a span below a run that the ledger shall not receive. Its errors are ignored, and the span is sent. */
  readonly leaveOut?: (span: ReadableSpan) => boolean
}

/**
 * A span processor for the application's own OpenTelemetry. It sends to the ledger what happens below a run (requests, SQL
 * statements, messages, calls of gRPC), tagged with the run's identity and redacted by the capture policy, and the spans from
 * which the run hangs, up to the request that it serves. It changes no span: other processors see what they saw.
 *
 * It receives what the provider's sampler records: see {@link whodidSampler} if it samples. `start` and `shutdown` of this module
 * govern the sending. Never throws.
 *
 * @example
 * new NodeSDK({ spanProcessors: [whodidSpanProcessor(), new BatchSpanProcessor(exporter)] }).start()
 */
export function whodidSpanProcessor(options: SpanProcessorOptions = {}): SpanProcessor {
  return {
    onStart: (span, parentContext) => {
      guard(() => {
        begin(span, parentContext)
      }, undefined)
    },
    onEnd: (span) => {
      guard(() => {
        end(span, options)
      }, undefined)
    },
    forceFlush: async () => {
      await activeRuntime()?.queue.forceFlush()
    },
    // The recording goes on without the application's tracing, and ends by its own shutdown().
    shutdown: async () => {
      await activeRuntime()?.queue.forceFlush()
    },
  }
}

function begin(span: Span, parentContext: Context): void {
  if (activeRuntime() === undefined) return
  const { spanId } = span.spanContext()
  const around = scopeOfContext(parentContext)
  const scope = currentScope() ?? around
  if (scope === undefined) return
  const parent = trace.getSpanContext(parentContext)
  const isBelowRecord =
    scope === around || (parent !== undefined && isApplicationSpanReceived(parent))
  noteBegun(spanId, scope, isBelowRecord ? undefined : parentOf(scope))
}

function end(span: ReadableSpan, { leaveOut }: SpanProcessorOptions): void {
  const { spanId } = span.spanContext()
  const origin = takeOrigin(spanId)
  const isEnclosing = takeEnclosing(spanId)
  const runtime = activeRuntime()
  if (runtime === undefined || (origin === undefined && !isEnclosing)) return
  const above = origin?.above
  const isInTrace = above?.traceId === span.spanContext().traceId
  const parent = isInTrace ? above : parentOfSpan(span)
  if (origin === undefined) {
    // The chain of a run leads up to the request that it serves.
    if (parent !== undefined) noteEnclosing(parent)
  } else if (guard(() => leaveOut?.(span) ?? false, false)) return
  runtime.queue.onEnd(
    copyOf(span, { parent, beside: isInTrace ? undefined : above, origin, config: runtime.config }),
  )
}

/** A span's parent; older versions of OpenTelemetry give its ID alone. */
function parentOfSpan(span: ReadableSpan): SpanContext | undefined {
  if (span.parentSpanContext !== undefined) return span.parentSpanContext
  const parentSpanId: unknown = Reflect.get(span, 'parentSpanId')
  return typeof parentSpanId === 'string'
    ? { ...span.spanContext(), spanId: parentSpanId }
    : undefined
}

interface CopyFacts {
  /** A record of another trace that it belongs to. */
  readonly beside: SpanContext | undefined
  readonly parent: SpanContext | undefined
  readonly origin: SpanOrigin | undefined
  readonly config: Config
}

/** The span as the ledger receives it: a copy, because others read the same object. */
function copyOf(span: ReadableSpan, { parent, beside, origin, config }: CopyFacts): ReadableSpan {
  // Before version 2 of OpenTelemetry's SDK the scope had this name and the same form.
  const older = Reflect.get(span, 'instrumentationLibrary') as ReadableSpan['instrumentationScope']
  // Absent there.
  const scope = Reflect.get(span, 'instrumentationScope') as typeof older | undefined
  const facts = databaseFacts(span.attributes)
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => span.spanContext(),
    ...(parent === undefined ? {} : { parentSpanContext: parent }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: span.ended,
    status: span.status,
    links: beside === undefined ? span.links : [...span.links, { context: beside }],
    resource: span.resource,
    instrumentationScope: scope ?? older,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
    events: span.events.map((event) => ({
      ...event,
      ...(event.attributes === undefined ? {} : { attributes: clean(event.attributes, config) }),
    })),
    attributes: {
      ...facts,
      ...clean(span.attributes, config),
      ...(origin === undefined ? {} : identityOf(origin)),
    },
  }
}

function identityOf({ scope, promptRef, planRef }: SpanOrigin): Attributes {
  const { actor } = scope
  const attributes: Attributes = { ...actor.attributes }
  put(attributes, attribute.promptRef, promptRef)
  put(attributes, attribute.planRef, planRef)
  // A request to a model is part of the model's call, and no act upon the world.
  if (scope.call?.ofModel === true) attributes[attribute.recordKind] = 'other'
  if (actor.counts) {
    // Numbered as it ends, because a span that never ends never arrives, and would leave a hole.
    actor.seq += 1
    attributes[attribute.seq] = actor.seq
  }
  return attributes
}

/** The span's own attributes, under the policy that governs all texts that leave the process. */
function clean(attributes: Attributes, config: Config): Attributes {
  if (config.capture === 'full') return attributes
  const isWithoutTexts = config.capture !== 'redacted'
  const cleaned: Attributes = {}
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    if (isWithoutTexts && isContentKey(key)) {
      const kept = withoutContent(key, value)
      if (kept !== undefined) cleaned[key] = kept
    } else cleaned[key] = redacted(value, config.textLengthMax)
  }
  return cleaned
}

function redacted(value: AttributeValue, lengthMax: number): AttributeValue {
  if (typeof value === 'string') return redactSecrets(value.slice(0, lengthMax))
  if (!Array.isArray(value)) return value
  return value.map(
    (item: unknown) => (typeof item === 'string' ? redactSecrets(item.slice(0, lengthMax)) : item),
    // The elements keep their type.
  ) as AttributeValue
}
