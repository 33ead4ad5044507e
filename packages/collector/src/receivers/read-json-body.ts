import type { IncomingMessage } from 'node:http'
import { WhodidError } from '@whodid/model'
import { readBody } from './read-body.ts'
import type { ReceiverDeps } from './read-body.ts'

/** Bytes of a request that is no telemetry. */
const bodyBytesMax = 64 * 1024

/** A JSON object that was sent; its members are checked one by one. */
export type Asked = Readonly<Record<string, unknown>>

/** Reads the body of a request that is no telemetry. Throws `invalid_body`, `body_too_large`, `too_many_requests`. */
export async function readJsonBody(request: IncomingMessage, deps: ReceiverDeps): Promise<Asked> {
  const limits = { ...deps.limits, bodyBytesMax, decodedBytesMax: bodyBytesMax }
  const { room } = deps
  const { bytes, release } = await readBody({ request, packing: 'identity', limits, room })
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'))
    // Sound: its members are checked one by one.
    if (typeof parsed === 'object' && parsed !== null) return parsed as Asked
    throw invalidBody('the body', 'a JSON object')
  } catch (thrown) {
    throw thrown instanceof WhodidError ? thrown : invalidBody('the body', 'JSON')
  } finally {
    release()
  }
}

/** The error of a body that is not as it was expected. */
export function invalidBody(what: string, expected: string): WhodidError {
  return new WhodidError('invalid_body', `${what} expected ${expected}; got something else`)
}
