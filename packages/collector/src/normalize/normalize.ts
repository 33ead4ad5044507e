import { attribute, contradictingSeals } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { OtlpSource, OtlpLogRecord, OtlpSpan } from '../otlp/batch.ts'
import type { OtlpStream } from '../otlp/decode.ts'
import type { Rejection } from '../otlp/encode-response.ts'
import type { SealMark } from '../seals/seal-view.ts'
import { makeDraft } from './draft.ts'
import type { Draft, RequestContext } from './draft.ts'
import { logTelemetry } from './log-telemetry.ts'
import { checkSpan, spanTelemetry } from './span-telemetry.ts'

/** Reasons given in one answer. */
const reasonsMax = 5

/** The parts of a request that are not among its records, and the reasons. */
export interface Refused extends Rejection {
  /** The rejected ones that could not be read: nothing of them can be kept. */
  readonly unreadCount: number
  /** Attributes, events and links that could not be read; their records are stored and count them. */
  readonly unreadPartCount: number
}

/**
 * Turns decoded spans and log records into drafts, one at a time, and hands each to `use`: the conventions settle its kind and
 * its claims, the sender's token its channel. Refuses only a span that could not be read, or whose IDs or times the
 * ledger could not hold, and returns their number and the first few reasons. Throws the errors of reading the stream.
 */
export function normalize(
  stream: OtlpStream,
  context: RequestContext,
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
      for (const span of group.items) take(spanDraft(span, group, context))
  } else {
    for (const group of stream.groups)
      for (const item of group.items) take(logDraft(item, group, context))
  }
  const { itemCount, partCount, reasons: why } = stream.unread()
  const count = rejectedCount + itemCount
  const message = rejectionMessage(count, [...reasons, ...why].slice(0, reasonsMax), partCount)
  return { count, message, unreadCount: itemCount, unreadPartCount: partCount }
}

function spanDraft(
  span: OtlpSpan,
  group: OtlpSource<OtlpSpan>,
  context: RequestContext,
): Draft | string {
  const problem = checkSpan(span)
  if (problem !== undefined) return problem
  const { telemetry, envelope } = spanTelemetry(span, group)
  const draft = makeDraft({ telemetry, envelope, group, links: span.links }, context)
  const mark = context.seals?.markOf({
    span,
    record: draft.record,
    resource: group.resource.attributes,
  })
  if (mark === undefined) return draft
  const stated = draft.record.identityId
  applyMark(draft.record, mark)
  const isReplaced = stated !== '' && stated !== draft.record.identityId
  // What the span says stays on record, beside the name that is proven.
  const attributes = isReplaced
    ? new Map([...draft.attributes, [attribute.identityId, stated]])
    : draft.attributes
  return { ...draft, attributes, mark }
}

/** Changes a record as its seal demands. */
function applyMark(record: LedgerRecord, { result, claims, token }: SealMark): void {
  // Whoever reads the channel alone, as the views in SQL do, must not believe what a seal contradicts.
  if (contradictingSeals.has(result)) record.channel = 'unentitled'
  // The name that the token gives the instance, whatever the span says: no seal covers that.
  const isNamed = result === 'verified' && claims.includes('instance')
  if (isNamed) record.identityId = token?.instance.identity ?? ''
}

function logDraft(
  item: OtlpLogRecord,
  group: OtlpSource<OtlpLogRecord>,
  context: RequestContext,
): Draft {
  const { telemetry, envelope, statedUnixNs } = logTelemetry(item, group)
  const startUnixNs = statedUnixNs === 0n ? context.receivedUnixNs : statedUnixNs
  envelope.startUnixNs = startUnixNs
  envelope.endUnixNs = startUnixNs
  return makeDraft({ telemetry, envelope, group, links: [] }, context)
}

function rejectionMessage(count: number, reasons: readonly string[], partCount: number): string {
  const parts =
    partCount === 0
      ? ''
      : `${partCount} attributes, events or links could not be read and are left out`
  if (count === 0) return parts
  const more = count > reasons.length ? `; and ${count - reasons.length} more` : ''
  const rejected = `${count} rejected: ${reasons.join('; ')}${more}`
  return parts === '' ? rejected : `${rejected}; ${parts}`
}
