import { createRoute, z } from '@hono/zod-openapi'
import { handleOf, instantSchema, lineSchema } from './parameter-schemas.ts'
import {
  caseHeader,
  everyBody,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'

const reason = lineSchema(1_000).describe(
  'Why; stands in the ledger for ever, so name no person: 1–1,000 characters',
)
const caseText = lineSchema(200).describe('The case it belongs to: 1–200 characters')
const caseId = caseText.optional()
const subject = handleOf('delegator', 'instance').describe('`delegator:<id>` or `instance:<id>`')

const outcome = z
  .object({
    record: z.string().describe('The act’s record in the ledger, `<trace>-<span>`'),
    keys: z.number().describe('Keys destroyed'),
    done: z
      .boolean()
      .describe('Whether the rows are gone too; else that is tried again until it is done'),
  })
  .openapi('CustodyOutcome')

const hold = z
  .object({
    case_id: z.string(),
    tenant: z.string(),
    subject: z.string().describe('A handle; "" holds everything'),
    reason: z.string(),
    placed_by: z.string(),
    placed_at: z.string(),
  })
  .openapi('Hold')

const body = <Shape extends z.ZodRawShape>(shape: Shape) => ({
  headers: caseHeader,
  body: { required: true, content: { 'application/json': { schema: z.strictObject(shape) } } },
})

const answered = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: { 'application/json': { schema } } },
})

export const eraseRoute = createRoute({
  method: 'post',
  path: '/v1/erasures',
  operationId: 'erase',
  summary: 'Erase the text of a person or an agent',
  description:
    'Destroys the keys of the subject’s text and deletes it. Records and proofs stay. Recorded in the ledger first. For the admin token.',
  security,
  request: body({ subject, reason, case_id: caseId }),
  responses: {
    ...answered('It is erased', outcome),
    ...problems(
      ...everyRead,
      ...everyBody,
      'invalid_handle',
      'not_found',
      'under_hold',
      'log_full',
      'log_failed',
    ),
  },
})

export const pruneRoute = createRoute({
  method: 'post',
  path: '/v1/prunes',
  operationId: 'prune',
  summary: 'Let go what is old',
  description:
    '`text`: deletes the text of records received before a time. `records`: drops records of whole months before it, with their text. Recorded in the ledger first. For the admin token.',
  security,
  request: body({
    before: instantSchema.describe('RFC 3339 with a zone'),
    what: z.enum(['text', 'records']),
    reason,
    case_id: caseId,
  }),
  responses: {
    ...answered('It is gone', outcome),
    ...problems(
      ...everyRead,
      ...everyBody,
      'invalid_time',
      'not_found',
      'under_hold',
      'log_full',
      'log_failed',
    ),
  },
})

export const holdRoute = createRoute({
  method: 'post',
  path: '/v1/holds',
  operationId: 'hold',
  summary: 'Place a legal hold',
  description:
    'While it stands, its subject is not erased, and nothing expires or is pruned. Without a subject it holds everything. For the admin token.',
  security,
  request: body({ case_id: caseText, subject: subject.optional(), reason }),
  responses: {
    ...answered('The hold', hold),
    ...problems(
      ...everyRead,
      ...everyBody,
      'invalid_handle',
      'not_found',
      'log_full',
      'log_failed',
    ),
  },
})

export const releaseRoute = createRoute({
  method: 'post',
  path: '/v1/holds/release',
  operationId: 'release',
  summary: 'Release the holds of a case',
  description: 'Recorded in the ledger first. For the admin token.',
  security,
  request: body({ case_id: caseText, reason }),
  responses: {
    ...answered('The holds that were released', z.object({ holds: z.array(hold) })),
    ...problems(...everyRead, ...everyBody, 'not_found', 'log_full', 'log_failed'),
  },
})

export const holdsRoute = createRoute({
  method: 'get',
  path: '/v1/holds',
  operationId: 'listHolds',
  summary: 'The legal holds in force',
  description: 'For the admin token. The read itself is recorded.',
  security,
  request: { headers: caseHeader, query: z.object({}) },
  responses: {
    ...answered('The holds', z.object({ holds: z.array(hold) })),
    ...problems(...everyRead, 'not_found'),
  },
})

/** The routes of custody. */
export const custodyRoutes = [eraseRoute, pruneRoute, holdRoute, releaseRoute, holdsRoute] as const
