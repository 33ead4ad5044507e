import type {
  LogBatch,
  OtlpGroup,
  OtlpLogRecord,
  OtlpSource,
  OtlpSpan,
  SpanBatch,
  TakeItem,
} from './batch.ts'
import { DecodeBudget } from './decode-budget.ts'
import type { Unread } from './decode-budget.ts'
import { decodeLogsJson, decodeSpansJson } from './decode-json.ts'
import { decodeLogsProtobuf, decodeSpansProtobuf } from './decode-protobuf.ts'

/** The two encodings of OTLP/HTTP; an answer comes in the encoding of its request. */
export type OtlpEncoding = 'protobuf' | 'json'

/** The signals that can be sent, one path each. */
export type OtlpSignal = 'spans' | 'logs'

export type OtlpBatch =
  | { readonly signal: 'spans'; readonly groups: SpanBatch; readonly unread: () => Unread }
  | { readonly signal: 'logs'; readonly groups: LogBatch; readonly unread: () => Unread }

/** The same, to be read once from front to end; the unreadable parts are known then. */
export type OtlpStream =
  | {
      readonly signal: 'spans'
      readonly groups: readonly OtlpSource<OtlpSpan>[]
      readonly unread: () => Unread
    }
  | {
      readonly signal: 'logs'
      readonly groups: readonly OtlpSource<OtlpLogRecord>[]
      readonly unread: () => Unread
    }

export interface DecodeRequest {
  readonly bytes: Buffer
  readonly encoding: OtlpEncoding
  readonly signal: OtlpSignal
  readonly limits: { readonly elementsMax: number; readonly valueDepthMax: number }
  /** Is asked for each span in protobuf first, where values of two levels are within the bound; those that it takes are not among the items. */
  readonly take?: TakeItem | undefined
}

/**
 * Decodes a request's body to plain objects. An attribute, a span or a log record that cannot be read is left out and
 * counted. Throws `invalid_body` for a body that is none, or `body_too_large`, nothing else.
 */
export function decode(request: DecodeRequest): OtlpBatch {
  const stream = decodeStream({ ...request, take: undefined })
  const { unread } = stream
  return stream.signal === 'spans'
    ? { signal: 'spans', groups: stream.groups.map(whole), unread }
    : { signal: 'logs', groups: stream.groups.map(whole), unread }
}

/**
 * Decodes a request's body as far as its items, and each item when it is reached. Throws what {@link decode} does, now or
 * at an item: results of earlier items count only once the last has been read.
 */
export function decodeStream(request: DecodeRequest): OtlpStream {
  const { bytes, encoding, signal, take } = request
  const budget = new DecodeBudget(request.limits)
  const unread = (): Unread => budget.unread
  if (signal === 'spans') {
    const groups =
      encoding === 'json'
        ? decodeSpansJson(bytes, budget)
        : decodeSpansProtobuf(bytes, budget, budget.valueDepthMax < takenDepth ? undefined : take)
    return { signal, groups, unread }
  }
  const read = encoding === 'json' ? decodeLogsJson : decodeLogsProtobuf
  return { signal, groups: read(bytes, budget), unread }
}

/** Levels of the values that `take` may take: a list and its elements. */
const takenDepth = 2

function whole<Item>({ resource, scope, items }: OtlpSource<Item>): OtlpGroup<Item> {
  return { resource, scope, items: [...items] }
}
