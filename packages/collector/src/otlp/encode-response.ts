import protobuf from 'protobufjs/minimal.js'
import type { OtlpEncoding, OtlpSignal } from './decode.ts'

/** The part of a stored request that was not stored. */
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

/** The fields of a `google.rpc.Status`. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Seconds; a `google.rpc.RetryInfo`. */
  readonly retryAfterS?: number
  /** A `google.rpc.BadRequest` of one violation. */
  readonly badField?: { readonly field: string; readonly description: string }
}

const typeUrl = 'type.googleapis.com/google.rpc.'

/** A `google.rpc.Status`: 1 code, 2 message, 3 details, each of them an `Any` of 1 type, 2 message. */
export function encodeStatus(encoding: OtlpEncoding, status: RpcStatus): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify(jsonStatus(status)))
  const { code, message, retryAfterS, badField } = status
  const writer = protobuf.Writer.create()
  writer.uint32(0x08).int32(code)
  writer.uint32(0x12).string(message)
  if (badField !== undefined) {
    // BadRequest: 1 field_violations, each 1 field, 2 description.
    writer.uint32(0x1a).fork()
    writer.uint32(0x0a).string(`${typeUrl}BadRequest`)
    writer.uint32(0x12).fork().uint32(0x0a).fork()
    writer.uint32(0x0a).string(badField.field)
    writer.uint32(0x12).string(badField.description)
    writer.ldelim().ldelim().ldelim()
  }
  if (retryAfterS !== undefined) {
    // RetryInfo: 1 retry_delay, a Duration of 1 seconds.
    writer.uint32(0x1a).fork()
    writer.uint32(0x0a).string(`${typeUrl}RetryInfo`)
    writer.uint32(0x12).fork().uint32(0x0a).fork().uint32(0x08).int64(retryAfterS)
    writer.ldelim().ldelim().ldelim()
  }
  return Buffer.from(writer.finish())
}

function jsonStatus({ code, message, retryAfterS, badField }: RpcStatus): object {
  const details: object[] = []
  if (badField !== undefined)
    details.push({ '@type': `${typeUrl}BadRequest`, fieldViolations: [badField] })
  if (retryAfterS !== undefined)
    details.push({ '@type': `${typeUrl}RetryInfo`, retryDelay: `${retryAfterS}s` })
  return details.length === 0 ? { code, message } : { code, message, details }
}
