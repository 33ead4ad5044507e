import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import type { Attributes, HrTime, Span, SpanContext } from '@opentelemetry/api'
import { randomBytes } from 'node:crypto'
import { attribute, spanRef } from '@whodid/model'
import type { RecordKind } from '@whodid/model'
import { hrTimeOf, now } from '../now.ts'
import { captureRemark } from './content.ts'
import { activeRuntime, guard, missRecord } from '../runtime.ts'
import type { Runtime } from '../runtime.ts'
import { placeIn } from '../context/scope.ts'
import type { Place, Scope } from '../context/scope.ts'
import { isApplicationSpanReceived, noteEnclosing } from '../opentelemetry/application-spans.ts'

/** One record to be made. */
export interface RecordSpec {
  readonly kind: RecordKind
  readonly name: string
  /** Returns the attributes of this kind of record beside the actor's; called within the SDK's guard. */
  readonly attributes?: (runtime: Runtime) => Attributes
  /** Default: what the scope and the application's active span say. */
  readonly place?: Place
  readonly startTime?: HrTime
  /** In milliseconds since 1970, in place of `startTime`. */
  readonly startedUnixMs?: number | undefined
  /** It has no length: ends when it began. */
  readonly instant?: boolean
}

/** A record that has begun. */
export interface OpenRecord {
  readonly span: SpanContext
  /** Adds to the record. Never throws. */
  add(attributes: (runtime: Runtime) => Attributes): void
  /** Ends the record; with an error, as failed. The second and later calls do nothing. Never throws. */
  end(error?: { readonly value: unknown }): void
}

/** The reference and the hash of a record of content, such as a prompt or a plan. */
export interface Recorded {
  /** `<trace>-<span>` of the record. */
  readonly ref: string
  /** `sha256:<hex>` of the content, whole and unredacted. */
  readonly hash: string
}

/**
 * Begins a record with everything the scope says about who acts, for whom, and why. Never throws; without a runtime it
 * counts, and gives a record that goes nowhere under an ID of its own.
 */
export function beginRecord(scope: Scope, spec: RecordSpec): OpenRecord {
  const runtime = activeRuntime()
  if (runtime === undefined) {
    missRecord()
    return unrecorded()
  }
  return guard(() => begin(runtime, scope, spec), undefined) ?? unrecorded()
}

/** Makes a record of something that has no length, such as a prompt: it is on its way to the ledger at once. */
export function recordInstant(scope: Scope, spec: RecordSpec): SpanContext {
  const record = beginRecord(scope, { ...spec, instant: true })
  record.end()
  return record.span
}

/** `<trace>-<span>` of a record. */
export function refOf(span: SpanContext | undefined): string {
  return span === undefined ? '' : spanRef(span.traceId, span.spanId)
}

/** The place of a record made in this scope now. */
export function placeHere(scope: Scope): Place {
  return placeIn(scope, isApplicationSpanReceived)
}

function begin(runtime: Runtime, scope: Scope, spec: RecordSpec): OpenRecord {
  const { actor, frame } = scope
  // First of all, because it is what may throw: then no number is taken and no span begun.
  const specific = spec.attributes?.(runtime)
  const { parent, beside, isOutside } = spec.place ?? placeHere(scope)
  if (isOutside === true && parent !== undefined) noteEnclosing(parent)
  const startTime = now()
  const span = runtime.tracer.startSpan(
    spec.name,
    {
      kind: SpanKind.INTERNAL,
      startTime:
        spec.startedUnixMs === undefined
          ? (spec.startTime ?? startTime)
          : hrTimeOf(spec.startedUnixMs),
      root: parent === undefined,
      links: beside === undefined ? [] : [{ context: beside }],
    },
    parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
  )
  // Set one by one: given to startSpan they would be copied and checked twice.
  span.setAttributes(actor.attributes)
  span.setAttribute(attribute.recordKind, spec.kind)
  if (isAct(spec.kind)) span.setAttributes(seenOrders(runtime))
  if (frame.promptRef !== '') span.setAttribute(attribute.promptRef, frame.promptRef)
  if (frame.planRef !== '') span.setAttribute(attribute.planRef, frame.planRef)
  if (specific !== undefined) span.setAttributes(specific)
  if (actor.counts) {
    actor.seq += 1
    span.setAttribute(attribute.seq, actor.seq)
  }
  return openRecord(runtime, span, spec.instant === true ? startTime : undefined)
}

function isAct(kind: RecordKind): boolean {
  return kind === 'tool_call' || kind === 'action'
}

/** The newest order that was known when the act began: with its ID, a record cannot be older than the order. */
function seenOrders({ stops }: Runtime): Attributes {
  if (stops === undefined || stops.seq === 0) return {}
  return {
    [attribute.seenRevocation]: stops.seq,
    [attribute.seenRevocationId]: stops.newestOrder,
  }
}

function openRecord(runtime: Runtime, span: Span, endTime: HrTime | undefined): OpenRecord {
  let ended = false
  return {
    span: span.spanContext(),
    add: (attributes) => {
      guard(() => span.setAttributes(attributes(runtime)), undefined)
    },
    end: (error) => {
      if (ended) return
      ended = true
      guard(() => {
        if (error !== undefined) fail(runtime, span, error.value)
      }, undefined)
      guard(() => {
        span.end(endTime ?? now())
      }, undefined)
    },
  }
}

function fail(runtime: Runtime, span: Span, error: unknown): void {
  span.setAttribute('error.type', errorType(error))
  const message = captureRemark(errorMessage(error), runtime.config)
  span.setStatus(
    message === undefined
      ? { code: SpanStatusCode.ERROR }
      : { code: SpanStatusCode.ERROR, message },
  )
}

/** The class of an error: its name, made more precise by its code where it has one. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return (code === '' ? error.name : code).slice(0, 200)
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function unrecorded(): OpenRecord {
  return {
    span: {
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      traceFlags: TraceFlags.NONE,
    },
    add: () => undefined,
    end: () => undefined,
  }
}
