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

/** How instants are written. */
export const instantText = 'RFC 3339 with a zone, to the nanosecond'

/** The header of every read. */
export const caseHeader = z.object({
  'whodid-case': z
    .string()
    .optional()
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
