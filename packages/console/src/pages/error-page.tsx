import { printableLine, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { htmlOf, Page } from '../parts/index.ts'
import type { PageEnv } from '../session/index.ts'

/** Statuses of the errors that a page meets; every other is a 500. */
const statuses: Partial<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid_handle: 400,
  invalid_time: 400,
  invalid_parameter: 400,
  invalid_cursor: 400,
  invalid_body: 400,
  unsupported_content_type: 415,
  body_too_large: 413,
  method_not_allowed: 405,
  not_found: 404,
  unauthenticated: 401,
  forbidden: 403,
  not_sealed: 409,
  case_full: 409,
  too_many_requests: 429,
  range_required: 422,
  query_too_expensive: 422,
  provider_failed: 502,
  store_unavailable: 503,
  read_not_recorded: 503,
}

/** Answers with the page of a failure: its sentence, its code, and the way on. */
export function errorPage(thrown: unknown, c: Context<PageEnv>): Promise<Response> {
  const error =
    thrown instanceof WhodidError
      ? thrown
      : new WhodidError('internal', 'the page failed inside Whodid; its log has the cause')
  const session = sessionOf(c)
  c.status(statuses[error.code] ?? 500)
  return htmlOf(
    c,
    <Page title="Not answered" session={session} narrow>
      <h1>Not answered</h1>
      <p class="lead">{printableLine(error.message, 600)}</p>
      <p>
        <a href={`/docs/errors#${error.code}`}>
          <code>{error.code}</code>
        </a>{' '}
        says what to do about it. <a href="/">Back to the start</a>
      </p>
    </Page>,
  )
}

/** The page of a failure may come before the session was looked at. */
function sessionOf(c: Context<PageEnv>): PageEnv['Variables']['session'] | undefined {
  return c.var.session
}
