import { printableLine, WhodidError } from '@whodid/model'
import type { Problem, ErrorCode } from '@whodid/model'
import { errorGuide } from './error-guide.ts'

/** Seconds a client should wait before it repeats a request that met a passing failure. */
const retryAfterS = 1

/** Longest detail, in UTF-16 units: it may quote what the client sent. */
const detailLengthMax = 600

/**
 * The page of a code. Relative (RFC 9457 §3.1.1), so that it never changes, resolves on whichever Whodid answered, and works
 * without the internet.
 */
const problemType = (code: Problem['code']): string => `/docs/errors#${code}`

/**
 * Describes a failure as RFC 9457 problem details. Anything but a WhodidError is a bug of ours: the problem then carries the request
 * ID and not the cause.
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

/** Receives each failure that is answered with a 5xx status, with the cause that the answer may withhold. */
export type OnFailure = (requestId: string, thrown: unknown) => void

/** Answers a failure with `application/problem+json`. `methods` are those that the path takes; they matter for `method_not_allowed`. */
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

/** The HTTP status of each error code. Codes that only a start-up or the collector meets are here too: the table is whole. */
export const httpStatus = {
  invalid_config: 500,
  keys_command_failed: 500,
  invalid_handle: 400,
  invalid_time: 400,
  invalid_parameter: 400,
  invalid_cursor: 400,
  invalid_body: 400,
  unsupported_content_type: 415,
  unsupported_encoding: 415,
  body_too_large: 413,
  method_not_allowed: 405,
  not_found: 404,
  unauthenticated: 401,
  forbidden: 403,
  log_full: 503,
  log_failed: 503,
  seal_failed: 500,
  not_sealed: 409,
  too_many_requests: 429,
  too_many_connections: 503,
  store_unavailable: 503,
  store_refused: 500,
  range_required: 422,
  content_unreadable: 500,
  under_hold: 409,
  ledger_shared: 409,
  nothing_lost: 409,
  case_full: 409,
  query_too_expensive: 422,
  read_not_recorded: 503,
  migration_changed: 500,
  migration_failed: 500,
  engine_unsupported: 500,
  engine_in_use: 500,
  engine_failed: 503,
  api_unreachable: 503,
  provider_failed: 502,
  unknown_name: 404,
  action_unrecorded: 503,
  token_refused: 401,
  agent_stopped: 403,
  standing_unknown: 503,
  internal: 500,
} as const satisfies Readonly<Record<ErrorCode, number>>
