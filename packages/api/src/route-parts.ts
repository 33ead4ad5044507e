import { z } from '@hono/zod-openapi'
import type { ErrorCode } from '@whodid/model'
import { problemSchema } from '@whodid/model'
import { httpStatus } from './status.ts'

// A copy: a schema made before this library was loaded lacks the method that names it in the document.
/** The body of every failure. */
export const problemDetailsSchema = problemSchema.clone().openapi('Problem')

/** What a route that takes a token names. */
export const tokenSecurity = [{ token: [] }]

/** The failures of every route. */
export const everyRoute: readonly ErrorCode[] = [
  'invalid_parameter',
  'invalid_body',
  'forbidden',
  'internal',
]

/** What a route that takes no token names: without it the document would be read as not saying. */
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

type ProblemResponses = Record<
  number,
  {
    description: string
    content: { 'application/problem+json': { schema: typeof problemDetailsSchema } }
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
      content: { 'application/problem+json': { schema: problemDetailsSchema } },
    }
  }
  return responses
}
