import protobuf from 'protobufjs/minimal.js'
import type { OtlpEncoding, OtlpSignal } from './decode.ts'

/** What was not stored of a request that otherwise was. */
export interface Rejection {
  readonly count: number
  readonly message: string
}

/** An `Export…ServiceResponse`; with nothing rejected it is empty: no bytes, or `{}`. */
export function encodeExportResponse(
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  rejection: Rejection,
): Buffer {
  if (rejection.count === 0 && rejection.message === '')
    return Buffer.from(encoding === 'json' ? '{}' : '')
  if (encoding === 'json') {
    const field = signal === 'spans' ? 'rejectedSpans' : 'rejectedLogRecords'
    // A 64-bit integer is a string in proto3 JSON.
    const partialSuccess = { [field]: `${rejection.count}`, errorMessage: rejection.message }
    return Buffer.from(JSON.stringify({ partialSuccess }))
  }
  const writer = protobuf.Writer.create()
  writer.uint32(0x0a).fork()
  writer.uint32(0x08).int64(rejection.count)
  writer.uint32(0x12).string(rejection.message)
  return Buffer.from(writer.ldelim().finish())
}

/** A `google.rpc.Status`: 1 code, 2 message. */
export function encodeStatus(encoding: OtlpEncoding, code: number, message: string): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }))
  const writer = protobuf.Writer.create()
  writer.uint32(0x08).int32(code)
  writer.uint32(0x12).string(message)
  return Buffer.from(writer.finish())
}
