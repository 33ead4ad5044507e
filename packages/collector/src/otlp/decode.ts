import type { LogBatch, SpanBatch } from './batch.ts'
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

export interface DecodeRequest {
  readonly bytes: Buffer
  readonly encoding: OtlpEncoding
  readonly signal: OtlpSignal
  readonly limits: { readonly elementsMax: number; readonly valueDepthMax: number }
}

/** Decodes a request's body to plain objects. Throws `invalid_body` or `body_too_large`, nothing else. */
export function decode(request: DecodeRequest): OtlpBatch {
  const { bytes, encoding, signal } = request
  const budget = new DecodeBudget(request.limits)
  if (signal === 'spans') {
    const read = encoding === 'json' ? decodeSpansJson : decodeSpansProtobuf
    return { signal, groups: read(bytes, budget) }
  }
  const read = encoding === 'json' ? decodeLogsJson : decodeLogsProtobuf
  return { signal, groups: read(bytes, budget) }
}
