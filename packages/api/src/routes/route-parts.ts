import { z } from '@hono/zod-openapi'
import type { RouteConfig, RouteHandler } from '@hono/zod-openapi'
import type { ErrorCode } from '@whodid/model'
import { problemSchema } from '@whodid/model/answers'
import type { Selector } from '@whodid/store'
import type { Role } from '../api-options.ts'
import { httpStatus } from '../errors/problem.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'

/** The function that answers a route. */
export type Handler<Route extends RouteConfig> = RouteHandler<Route, ApiEnv>

/** The ports of a question that one statement answers. */
export interface QuestionDeps {
  readonly selector: Selector
  readonly recordedRead: RecordedRead
  /** Resolves when the reads so far stand in the access log's table. Throws `store_unavailable` when that takes long. */
  readonly readsStored: () => Promise<void>
}

/** The roles that may read. */
export const readers: readonly Role[] = ['investigator', 'admin']

/** The security of a route that takes a token. */
export const tokenSecurity = [{ token: [] }]

/** The failures of every route. */
export const everyRoute: readonly ErrorCode[] = [
  'invalid_parameter',
  'invalid_body',
  'forbidden',
  'internal',
]

/** The security of a route that takes no token: without it the document would leave that open. */
export const openSecurity: Record<string, string[]>[] = []

/** The failures of every route that takes a body, beside those of its kind. */
export const everyBody: readonly ErrorCode[] = ['unsupported_content_type', 'body_too_large']

/** The failures of every route that reads the ledger. */
export const everyRead: readonly ErrorCode[] = [
  ...everyRoute,
  'unauthenticated',
  'too_many_requests',
  'store_unavailable',
  'store_refused',
  'query_too_expensive',
  'read_not_recorded',
]

/** The header of every read. */
export const caseHeader = z.object({
  'whodid-case': z
    .string()
    .optional()
    .meta({ pattern: '^[!-~](?:[ -~]{0,198}[!-~])?$' })
    .describe(
      'The case this read belongs to: 1–200 printable ASCII characters, kept with the read',
    ),
})

// A readonly member would make the library take the answer for none.
interface AnswerResponse<Schema extends z.ZodType> {
  200: {
    description: string
    content: { 'application/json': { schema: Schema } }
  }
}

/** The answer of a route that succeeds. */
export function answered<Schema extends z.ZodType>(
  description: string,
  schema: Schema,
): AnswerResponse<Schema> {
  return { 200: { description, content: { 'application/json': { schema } } } }
}

type ProblemResponses = Record<
  number,
  {
    description: string
    content: { 'application/problem+json': { schema: typeof problemSchema } }
  }
>

/** The documented failures of a route, by status, each naming its codes. */
export function problems(...codes: readonly ErrorCode[]): ProblemResponses {
  const responses: ProblemResponses = {}
  for (const code of codes) {
    const status = httpStatus[code]
    const described = responses[status]?.description
    responses[status] = {
      description: described === undefined ? `\`${code}\`` : `${described}, \`${code}\``,
      content: { 'application/problem+json': { schema: problemSchema } },
    }
  }
  return responses
}
