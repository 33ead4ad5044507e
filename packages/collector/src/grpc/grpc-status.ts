import { Metadata } from '@grpc/grpc-js'
import type { WhodidError } from '@whodid/model'
import { senderStatus } from '../http/error-status.ts'
import { encodeStatus } from '../otlp/encode-response.ts'
import { statusOf } from '../otlp/status-of.ts'

/** How a call ends that is refused. */
export interface GrpcStatus {
  readonly code: number
  readonly details: string
  readonly metadata: Metadata
}

/**
 * UTF-16 units of a message to a sender. It travels in the trailers twice, percent-encoded and packed, and gRPC's C core
 * takes 8 KiB of them.
 */
const messageLengthMax = 300

/** With RetryInfo, every sender tries again. */
const unavailable = 14
/** What gRPC asks for when a packing is unknown. */
const unimplemented = 12

/** What a sender over gRPC is told of an error, with the whole `google.rpc.Status` in `grpc-status-details-bin`. */
export function grpcStatus(error: WhodidError): GrpcStatus {
  const told = statusOf(error, messageLengthMax)
  const code = codeOf(error, told.code)
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', encodeStatus('protobuf', { ...told, code }))
  return { code, details: told.message, metadata }
}

function codeOf(error: WhodidError, code: number): number {
  // RESOURCE_EXHAUSTED is kept for what is too large, so that no sender takes the one for the other.
  if (senderStatus(error.code).retryAfterS !== undefined) return unavailable
  return error.code === 'unsupported_encoding' ? unimplemented : code
}
