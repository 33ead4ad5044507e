import { createHash } from 'node:crypto'
import type { Coverage } from '../matching/coverage.ts'
import type { ReadEvent } from '../read-import.ts'
import type { ImportFormatName } from '../readers/import-formats.ts'
import { coverageAttributes, coverageName } from './coverage-attributes.ts'
import { importAttributes } from './import-attributes.ts'
import type { ImportAttributes } from './import-attributes.ts'

/**
 * The first hex digits of the trace of every imported record. The ledger is ordered by hour and trace: those of an hour lie together,
 * and a question about them reads no record of an agent.
 */
export const importTracePrefix = 'ffffffff'
/** The same for the declarations of coverage. */
export const coverageTracePrefix = 'fffffffe'

/** Events of one source, to be put on record. */
export interface ImportBatch {
  readonly format: ImportFormatName
  /** The source as the importer names it; '' where it names none. */
  readonly source: string
  readonly events: readonly ReadEvent[]
  readonly coverage?: Coverage | undefined
}

/** Records of an import as spans of OTLP/JSON, and the reference of the coverage's. */
export interface ImportRequest {
  readonly request: object
  /** `<trace>-<span>` of the record of the declared coverage; null where none is declared. */
  readonly coverage: string | null
}

/**
 * Makes the records of an import. An event is a root in a trace of its own, under IDs made from its system and its own ID: imported again
 * it is the same record. No attribute of a record names an actor: what a log says of agents never becomes an agent's claim.
 */
export function importRequest(batch: ImportBatch): ImportRequest {
  const { format, source, events, coverage } = batch
  const given = { 'whodid.import.format': format, 'whodid.import.source': encodeURI(source) }
  const spans = events.map(({ event, body }) =>
    spanOf(importTracePrefix, {
      identity: JSON.stringify([event.system, event.id]),
      name: `import ${event.system}`,
      atUnixNs: event.atUnixNs,
      attributes: {
        ...importAttributes(event),
        ...given,
        // The key of its text, so that the person's erasure takes it. On a record without an actor it claims nothing.
        ...(event.person === '' ? {} : { 'user.id': event.person }),
        'whodid.import.body': body,
      },
    }),
  )
  if (coverage === undefined) return { request: requestOf(spans), coverage: null }
  const attributes = { ...coverageAttributes(coverage), ...given }
  const declared = spanOf(coverageTracePrefix, {
    identity: JSON.stringify(attributes),
    name: coverageName,
    atUnixNs: coverage.fromUnixNs,
    attributes,
  })
  return {
    request: requestOf([...spans, declared]),
    coverage: `${declared.traceId}-${declared.spanId}`,
  }
}

interface ImportSpan {
  readonly traceId: string
  readonly spanId: string
  readonly name: string
  /** Internal. */
  readonly kind: 1
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly object[]
}

interface SpanContent {
  readonly identity: string
  readonly name: string
  readonly atUnixNs: bigint
  readonly attributes: ImportAttributes
}

function spanOf(prefix: string, { identity, name, atUnixNs, attributes }: SpanContent): ImportSpan {
  const digest = createHash('sha256').update(identity).digest('hex')
  return {
    traceId: `${prefix}${digest.slice(0, 24)}`,
    spanId: digest.slice(24, 40),
    name,
    kind: 1,
    startTimeUnixNano: String(atUnixNs),
    endTimeUnixNano: String(atUnixNs),
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: valueOf(value),
    })),
  }
}

function valueOf(value: string | readonly string[]): object {
  if (typeof value === 'string') return { stringValue: value }
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } }
}

function requestOf(spans: readonly ImportSpan[]): object {
  return {
    resourceSpans: [{ resource: {}, scopeSpans: [{ scope: { name: 'whodid.import' }, spans }] }],
  }
}
