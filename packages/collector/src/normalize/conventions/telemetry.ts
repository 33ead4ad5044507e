import type { RecordKind, LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpEvent, Value } from '../../otlp/batch.ts'
import { stringifyValue } from '../../otlp/stringify-value.ts'

/** One vocabulary of telemetry. All its functions are pure. */
export interface Convention {
  readonly name: string
  /** True when this record speaks the vocabulary at all; the other functions are called only then. */
  readonly speaks: (telemetry: Telemetry) => boolean
  /** True when a record of this vocabulary is of an agent, so that its actor is one even when it does not say so. */
  readonly ofAgent: (telemetry: Telemetry) => boolean
  /** The kind of record; '' when this vocabulary does not say. */
  readonly kind: (telemetry: Telemetry) => RecordKind | ''
  /** The other claims, once the kind is settled. Absent and '' are the same. */
  readonly read: (telemetry: Telemetry, kind: RecordKind) => Claims
}

/** The input of a convention: a span, or a log record seen as one. */
export interface Telemetry {
  readonly signal: 'span' | 'log'
  /** The span's name; of a log record the name of its event. */
  readonly name: string
  /** OTLP span kind: 2 server, 3 client; 0 for a log record. */
  readonly kind: number
  readonly isRoot: boolean
  /** 0 unset, 1 ok, 2 error. */
  readonly statusCode: number
  readonly scopeName: string
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly events: readonly OtlpEvent[]
  /** A log record's body. */
  readonly body: Value
}

/** The fields of a record that a convention may fill. */
export type Claims = Partial<Omit<LedgerRecord, ReceivedField>>

/** The fields that only the collector, or the span's own envelope, fills. */
type ReceivedField =
  | 'tenant'
  | 'exporter'
  | 'channel'
  | 'receivedUnixNs'
  | 'signal'
  | 'traceIdHex'
  | 'spanIdHex'
  | 'parentSpanIdHex'
  | 'startUnixNs'
  | 'endUnixNs'
  | 'attributes'
  | 'resourceAttributes'
  | 'events'
  | 'links'

/** The text of an attribute: '' when absent or null; other values are written as JSON. */
export function textOf(attributes: Attributes, key: string): string {
  const value = attributes.get(key)
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : stringifyValue(value)
}

/** The text of the first of these attributes that is there and not empty. */
export function firstText(attributes: Attributes, keys: readonly string[]): string {
  for (const key of keys) {
    const text = textOf(attributes, key)
    if (text !== '') return text
  }
  return ''
}
