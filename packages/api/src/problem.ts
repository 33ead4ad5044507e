import { printableLine, WhodidError } from '@whodid/model'
import type { Problem } from '@whodid/model'
import { errorGuide } from './error-guide.ts'
import { httpStatus } from './status.ts'

/** Seconds a client should wait before it repeats a request that met a passing failure. */
const retryAfterS = 1

/** Longest detail, in UTF-16 units: it may quote what the client sent. */
const detailLengthMax = 600

/**
 * Where the meaning of a code stands. Relative (RFC 9457 §3.1.1), so that it is the same for ever, resolves on whichever
 * Whodid answered, and works where there is no way to the internet.
 */
const problemType = (code: Problem['code']): string => `/docs/errors#${code}`

/**
 * What went wrong, as RFC 9457 has it. Anything but a WhodidError is a bug of ours: it then carries the request ID and not
 * the cause.
 */
export function problemOf(thrown: unknown, requestId: string): Problem {
  const error = thrown instanceof WhodidError ? thrown : ownBug(requestId)
  return {
    type: problemType(error.code),
    title: errorGuide[error.code].title,
    status: httpStatus[error.code],
    code: error.code,
    detail: printableLine(error.message, detailLengthMax),
    request_id: requestId,
  }
}

/**
 * The `application/problem+json` answer to a failure; `methods` are those that the path takes, for one that it does not.
 */
export function problemResponse(
  thrown: unknown,
  requestId: string,
  methods: readonly string[] = ['GET', 'HEAD'],
): Response {
  const problem = problemOf(thrown, requestId)
  const { status } = problem
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="whodid"')
  if (status === 405) headers.set('allow', methods.join(', '))
  if (status === 503 || status === 429) headers.set('retry-after', String(retryAfterS))
  return new Response(`${JSON.stringify(problem)}\n`, { status, headers })
}

function ownBug(requestId: string): WhodidError {
  return new WhodidError(
    'internal',
    `the request failed inside Whodid; the cause is in its log under request ${requestId}`,
  )
}
