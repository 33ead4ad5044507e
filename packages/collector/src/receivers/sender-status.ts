import type { ErrorCode, WhodidError } from '@whodid/model'
import type { RpcStatus } from '../otlp/encode-response.ts'

/** The errors that a sender of telemetry can meet. */
type SenderErrorCode = Extract<
  ErrorCode,
  | 'invalid_body'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'token_refused'
  | 'body_too_large'
  | 'unsupported_content_type'
  | 'unsupported_encoding'
  | 'too_many_requests'
  | 'log_full'
  | 'log_failed'
>

interface SenderStatus {
  readonly http: number
  /** Code of `google.rpc.Status`. */
  readonly rpc: number
  /** Seconds after which a sender may try again; senders retry on 429 and 503 only. */
  readonly retryAfterS?: number
}

const senderStatuses = {
  invalid_body: { http: 400, rpc: 3 },
  unauthenticated: { http: 401, rpc: 16 },
  forbidden: { http: 403, rpc: 7 },
  not_found: { http: 404, rpc: 12 },
  method_not_allowed: { http: 405, rpc: 12 },
  token_refused: { http: 401, rpc: 16 },
  body_too_large: { http: 413, rpc: 8 },
  unsupported_content_type: { http: 415, rpc: 3 },
  unsupported_encoding: { http: 415, rpc: 3 },
  too_many_requests: { http: 429, rpc: 8, retryAfterS: 1 },
  log_full: { http: 503, rpc: 14, retryAfterS: 10 },
  log_failed: { http: 503, rpc: 14, retryAfterS: 5 },
} as const satisfies Record<SenderErrorCode, SenderStatus>

/**
 * The status that a sender gets for an error. An error that is not in the table is 503: a sender gives up its batch on a 500,
 * and keeps it on a 503.
 */
export function senderStatus(code: ErrorCode): SenderStatus {
  return isSenderCode(code) ? senderStatuses[code] : { http: 503, rpc: 14, retryAfterS: 5 }
}

function isSenderCode(code: ErrorCode): code is SenderErrorCode {
  return Object.hasOwn(senderStatuses, code)
}

/** An error as `google.rpc.Status`: the code, one sentence, and the fields that a sender's program can act on. */
export function statusOf(error: WhodidError, messageLengthMax: number): RpcStatus {
  const { rpc, retryAfterS } = senderStatus(error.code)
  const message = `${error.code}: ${error.message}`.slice(0, messageLengthMax).toWellFormed()
  return {
    code: rpc,
    message,
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    ...(error.code === 'invalid_body' ? { badField: { field: 'body', description: message } } : {}),
  }
}
