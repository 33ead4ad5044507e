import { createHash } from 'node:crypto'
import { blankRecord, isSpanIdHex, isTraceIdHex } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpSource, OtlpLogRecord, Value } from '../otlp/batch.ts'
import { stringifyValue } from '../otlp/stringify-value.ts'
import { textOf } from './conventions/telemetry.ts'
import type { Telemetry } from './conventions/telemetry.ts'
import { fitsLedger } from './span-telemetry.ts'

/** A body that can be an event's name. Anything else is text, which has no place in a name. */
const eventNameLike = /^[\w.:/-]{1,200}$/u

/**
 * Sees a log record as a span: a child of the span it names, under a span ID made from its content, so that a record
 * that is sent again has the same ID. Without a trace it stands alone. `statedUnixNs` is 0 when it states no time that the ledger holds.
 */
export function logTelemetry(
  item: OtlpLogRecord,
  group: OtlpSource<OtlpLogRecord>,
): { telemetry: Telemetry; envelope: LedgerRecord; statedUnixNs: bigint } {
  const hasTrace = isTraceIdHex(item.traceIdHex)
  const hasSpan = hasTrace && isSpanIdHex(item.spanIdHex)
  const stated = item.timeUnixNs === 0n ? item.observedUnixNs : item.timeUnixNs
  const name = eventName(item)
  return {
    statedUnixNs: fitsLedger(stated) ? stated : 0n,
    telemetry: {
      signal: 'log',
      name,
      kind: 0,
      isRoot: false,
      statusCode: 0,
      scopeName: group.scope.name,
      attributes: withBody(item),
      resource: group.resource.attributes,
      events: [],
      body: item.body,
    },
    envelope: {
      ...blankRecord(),
      signal: 'log',
      traceIdHex: hasTrace ? item.traceIdHex : '',
      spanIdHex: contentSpanId(item),
      parentSpanIdHex: hasSpan ? item.spanIdHex : '',
      name,
      flags: Math.max(item.flags, 0),
      droppedCount: item.droppedCount,
    },
  }
}

function eventName(item: OtlpLogRecord): string {
  const attribute = textOf(item.attributes, 'event.name')
  // Rust's tracing names an event by its place in the source, "event src/a.rs:7": no name where another is stated.
  const isName = attribute === '' || eventNameLike.test(item.eventName)
  if (item.eventName !== '' && isName) return item.eventName
  if (attribute !== '') return attribute
  return typeof item.body === 'string' && eventNameLike.test(item.body) ? item.body : ''
}

/** A log record's body and severity have no column: they stand among its attributes under names of their own. */
function withBody(item: OtlpLogRecord): Attributes {
  const attributes = new Map<string, Value>(item.attributes)
  if (item.body !== null) attributes.set('log.body', item.body)
  if (item.severityNumber !== 0) attributes.set('log.severity_number', BigInt(item.severityNumber))
  if (item.severityText !== '') attributes.set('log.severity_text', item.severityText)
  return attributes
}

function contentSpanId(item: OtlpLogRecord): string {
  const content = [
    item.traceIdHex,
    item.spanIdHex,
    `${item.timeUnixNs}`,
    `${item.observedUnixNs}`,
    item.eventName,
    stringifyValue(item.body),
    stringifyValue(item.attributes),
  ]
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
  // A span ID of zeroes would mean that there is none.
  return isSpanIdHex(digest) ? digest : '0000000000000001'
}
