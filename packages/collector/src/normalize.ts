import { checkSpan } from './check-span.ts'
import type { Draft } from './draft.ts'
import { logTelemetry } from './log-telemetry.ts'
import { makeDraft } from './make-draft.ts'
import type { Reception } from './make-draft.ts'
import type { OtlpGroup, OtlpLogRecord, OtlpSpan } from './otlp/batch.ts'
import type { OtlpBatch } from './otlp/decode.ts'
import type { Rejection } from './otlp/encode-response.ts'
import { spanTelemetry } from './span-telemetry.ts'

export interface Normalized {
  readonly drafts: readonly Draft[]
  /** Spans that cannot stand in the ledger, and why the first few cannot. */
  readonly rejection: Rejection
}

/** Reasons told in one answer. */
const reasonsMax = 5

/**
 * Turns what was decoded into records: the conventions settle what each one is and claims, the exporter's token how far
 * it is believed. Pure. Refuses only a span whose IDs or times the ledger could not hold.
 */
export function normalize(batch: OtlpBatch, reception: Reception): Normalized {
  const drafts: Draft[] = []
  const reasons: string[] = []
  let rejectedCount = 0
  const take = (draft: Draft | string): void => {
    if (typeof draft !== 'string') drafts.push(draft)
    else {
      rejectedCount += 1
      if (reasons.length < reasonsMax) reasons.push(draft)
    }
  }
  if (batch.signal === 'spans') {
    for (const group of batch.groups)
      for (const span of group.items) take(spanDraft(span, group, reception))
  } else {
    for (const group of batch.groups)
      for (const item of group.items) {
        take(logDraft(item, group, reception))
      }
  }
  return { drafts, rejection: { count: rejectedCount, message: tell(rejectedCount, reasons) } }
}

function spanDraft(
  span: OtlpSpan,
  group: OtlpGroup<OtlpSpan>,
  reception: Reception,
): Draft | string {
  const problem = checkSpan(span)
  if (problem !== undefined) return problem
  const { telemetry, envelope } = spanTelemetry(span, group)
  return makeDraft({ telemetry, envelope, group, links: span.links }, reception)
}

function logDraft(
  item: OtlpLogRecord,
  group: OtlpGroup<OtlpLogRecord>,
  reception: Reception,
): Draft {
  const { telemetry, envelope, toldUnixNs } = logTelemetry(item, group)
  const startUnixNs = toldUnixNs === 0n ? reception.receivedUnixNs : toldUnixNs
  envelope.startUnixNs = startUnixNs
  envelope.endUnixNs = startUnixNs
  return makeDraft({ telemetry, envelope, group, links: [] }, reception)
}

function tell(count: number, reasons: readonly string[]): string {
  if (count === 0) return ''
  const more = count > reasons.length ? `; and ${count - reasons.length} more` : ''
  return `${count} rejected: ${reasons.join('; ')}${more}`
}
