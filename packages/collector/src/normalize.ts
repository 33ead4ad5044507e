import { checkSpan } from './check-span.ts'
import type { Draft } from './draft.ts'
import { logTelemetry } from './log-telemetry.ts'
import { makeDraft } from './make-draft.ts'
import type { Reception } from './make-draft.ts'
import type { OtlpSource, OtlpLogRecord, OtlpSpan } from './otlp/batch.ts'
import type { OtlpStream } from './otlp/decode.ts'
import type { Rejection } from './otlp/encode-response.ts'
import { spanTelemetry } from './span-telemetry.ts'

/** Reasons told in one answer. */
const reasonsMax = 5

/** What of a request is not among its records, and why. */
export interface Refused extends Rejection {
  /** Of those rejected, the ones that could not be read: nothing of them is there to be kept. */
  readonly unreadCount: number
  /** Attributes, events and links that could not be read; what they were of is stored and counts them. */
  readonly unreadPartCount: number
}

/**
 * Turns what is decoded into records, one at a time, and hands each to `use`: the conventions settle what it is and claims, the
 * exporter's token how far it is believed. Refuses only a span that could not be read, or whose IDs or times the ledger could not
 * hold, and returns how many those are and why the first few. Throws what reading the stream throws.
 */
export function normalize(
  stream: OtlpStream,
  reception: Reception,
  use: (draft: Draft) => void,
): Refused {
  const reasons: string[] = []
  let rejectedCount = 0
  const take = (draft: Draft | string): void => {
    if (typeof draft !== 'string') use(draft)
    else {
      rejectedCount += 1
      if (reasons.length < reasonsMax) reasons.push(draft)
    }
  }
  if (stream.signal === 'spans') {
    for (const group of stream.groups)
      for (const span of group.items) take(spanDraft(span, group, reception))
  } else {
    for (const group of stream.groups)
      for (const item of group.items) take(logDraft(item, group, reception))
  }
  const { itemCount, partCount, reasons: why } = stream.unread()
  const count = rejectedCount + itemCount
  const message = tell(count, [...reasons, ...why].slice(0, reasonsMax), partCount)
  return { count, message, unreadCount: itemCount, unreadPartCount: partCount }
}

function spanDraft(
  span: OtlpSpan,
  group: OtlpSource<OtlpSpan>,
  reception: Reception,
): Draft | string {
  const problem = checkSpan(span)
  if (problem !== undefined) return problem
  const { telemetry, envelope } = spanTelemetry(span, group)
  return makeDraft({ telemetry, envelope, group, links: span.links }, reception)
}

function logDraft(
  item: OtlpLogRecord,
  group: OtlpSource<OtlpLogRecord>,
  reception: Reception,
): Draft {
  const { telemetry, envelope, toldUnixNs } = logTelemetry(item, group)
  const startUnixNs = toldUnixNs === 0n ? reception.receivedUnixNs : toldUnixNs
  envelope.startUnixNs = startUnixNs
  envelope.endUnixNs = startUnixNs
  return makeDraft({ telemetry, envelope, group, links: [] }, reception)
}

function tell(count: number, reasons: readonly string[], partCount: number): string {
  const parts =
    partCount === 0
      ? ''
      : `${partCount} attributes, events or links could not be read and are left out`
  if (count === 0) return parts
  const more = count > reasons.length ? `; and ${count - reasons.length} more` : ''
  const rejected = `${count} rejected: ${reasons.join('; ')}${more}`
  return parts === '' ? rejected : `${rejected}; ${parts}`
}
