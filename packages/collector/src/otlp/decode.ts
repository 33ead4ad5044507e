import type {
  LogBatch,
  OtlpGroup,
  OtlpLogRecord,
  OtlpSource,
  OtlpSpan,
  SpanBatch,
} from './batch.ts'
import { DecodeBudget } from './decode-budget.ts'
import { decodeLogsJson, decodeSpansJson } from './decode-json.ts'
import { decodeLogsProtobuf, decodeSpansProtobuf } from './decode-protobuf.ts'

/** The two encodings of OTLP/HTTP; an answer comes in the encoding of its request. */
export type OtlpEncoding = 'protobuf' | 'json'

/** What can be sent, one path each. */
export type OtlpSignal = 'spans' | 'logs'

export type OtlpBatch =
  | { readonly signal: 'spans'; readonly groups: SpanBatch }
  | { readonly signal: 'logs'; readonly groups: LogBatch }

/** The same, to be read once from front to end. */
export type OtlpStream =
  | { readonly signal: 'spans'; readonly groups: readonly OtlpSource<OtlpSpan>[] }
  | { readonly signal: 'logs'; readonly groups: readonly OtlpSource<OtlpLogRecord>[] }

export interface DecodeRequest {
  readonly bytes: Buffer
  readonly encoding: OtlpEncoding
  readonly signal: OtlpSignal
  readonly limits: { readonly elementsMax: number; readonly valueDepthMax: number }
}

/** Decodes a request's body to plain objects. Throws `invalid_body` or `body_too_large`, nothing else. */
export function decode(request: DecodeRequest): OtlpBatch {
  const stream = decodeStream(request)
  return stream.signal === 'spans'
    ? { signal: 'spans', groups: stream.groups.map(whole) }
    : { signal: 'logs', groups: stream.groups.map(whole) }
}

/**
 * Decodes a request's body as far as its items, and each item when it is come to. Throws what {@link decode} does, now or
 * at an item: what was made of those before it counts only once the last has been read.
 */
export function decodeStream(request: DecodeRequest): OtlpStream {
  const { bytes, encoding, signal } = request
  const budget = new DecodeBudget(request.limits)
  if (signal === 'spans') {
    const read = encoding === 'json' ? decodeSpansJson : decodeSpansProtobuf
    return { signal, groups: read(bytes, budget) }
  }
  const read = encoding === 'json' ? decodeLogsJson : decodeLogsProtobuf
  return { signal, groups: read(bytes, budget) }
}

function whole<Item>({ resource, scope, items }: OtlpSource<Item>): OtlpGroup<Item> {
  return { resource, scope, items: [...items] }
}
