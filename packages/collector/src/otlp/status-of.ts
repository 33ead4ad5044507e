import type { WhodidError } from '@whodid/model'
import { senderStatus } from '../http/error-status.ts'
import type { RpcStatus } from './encode-response.ts'

/** An error as `google.rpc.Status` tells it: the code, one sentence, and what a sender's program can act on. */
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
