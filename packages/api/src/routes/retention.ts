import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { RetentionRequest, RetentionService } from '@whodid/retention'
import { formatHandle, parseHandle, parseInstant, printableLine, WhodidError } from '@whodid/model'
import { legalHoldSchema, legalHoldsSchema, retentionOutcomeSchema } from '@whodid/model/answers'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { boundedLine } from './bounded-line.ts'
import { handleOf, instantSchema, lineSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

const reason = lineSchema(1_000).describe(
  'Why; stands in the ledger for ever, so name no person: 1–1,000 characters',
)
const caseText = lineSchema(200).describe('The case it belongs to: 1–200 characters')
const caseId = caseText.optional()
const subject = handleOf('delegator', 'instance').describe('`delegator:<id>` or `instance:<id>`')

const body = <Shape extends z.ZodRawShape>(shape: Shape) => ({
  headers: caseHeader,
  body: { required: true, content: { 'application/json': { schema: z.strictObject(shape) } } },
})

/** `POST /v1/erasures` */
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
    ...answered('It is erased', retentionOutcomeSchema),
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

/** `POST /v1/prunes` */
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
    ...answered('It is gone', retentionOutcomeSchema),
    ...problems(
      ...everyRead,
      ...everyBody,
      'invalid_time',
      'not_found',
      'under_hold',
      'ledger_shared',
      'log_full',
      'log_failed',
    ),
  },
})

/** `POST /v1/holds` */
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
    ...answered('The hold', legalHoldSchema),
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

/** `POST /v1/holds/release` */
export const releaseRoute = createRoute({
  method: 'post',
  path: '/v1/holds/release',
  operationId: 'release',
  summary: 'Release the holds of a case',
  description: 'Recorded in the ledger first. For the admin token.',
  security,
  request: body({ case_id: caseText, reason }),
  responses: {
    ...answered('The holds that were released', legalHoldsSchema),
    ...problems(...everyRead, ...everyBody, 'not_found', 'log_full', 'log_failed'),
  },
})

/** `GET /v1/holds` */
export const holdsRoute = createRoute({
  method: 'get',
  path: '/v1/holds',
  operationId: 'listHolds',
  summary: 'The legal holds in force',
  description: 'For the admin token. The read itself is recorded.',
  security,
  request: { headers: caseHeader, query: z.object({}) },
  responses: {
    ...answered('The holds', legalHoldsSchema),
    ...problems(...everyRead, 'not_found'),
  },
})

const roles = ['admin'] as const
const reasonLengthMax = 1_000
const caseLengthMax = 200

/** The ports of erasure, pruning and legal holds. Each request is checked before anything is recorded or done. */
export interface RetentionDeps {
  /** Without it the routes answer `not_found`. */
  readonly retention: RetentionService | undefined
  readonly recordedRead: RecordedRead
}

/** Answers eraseRoute. */
export function answerErase({
  retention,
  recordedRead,
}: RetentionDeps): Handler<typeof eraseRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const subjectHandle = subjectOf(asked.subject)
    const run = () => present(retention).erase(subjectHandle, request)
    // The subject is not kept with the read either.
    const question = { ...asked, subject: '[erased]' }
    return c.json(await recordedRead(c, { roles, question }, { run }), 200)
  }
}

/** Answers pruneRoute. */
export function answerPrune({
  retention,
  recordedRead,
}: RetentionDeps): Handler<typeof pruneRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const before = parseInstant(asked.before, 'before')
    const run = () => {
      const service = present(retention)
      return asked.what === 'text'
        ? service.expire(before, request)
        : service.prune(before, request)
    }
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  }
}

/** Answers holdRoute. */
export function answerHold({ retention, recordedRead }: RetentionDeps): Handler<typeof holdRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const held = asked.subject === undefined ? '' : subjectOf(asked.subject)
    const run = () => present(retention).hold(held, request)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  }
}

/** Answers releaseRoute. */
export function answerRelease({
  retention,
  recordedRead,
}: RetentionDeps): Handler<typeof releaseRoute> {
  return async (c) => {
    const asked = c.req.valid('json')
    const request = requestOf(c, asked)
    const run = async () => ({ holds: [...(await present(retention).release(request))] })
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  }
}

/** Answers holdsRoute. */
export function answerHolds({
  retention,
  recordedRead,
}: RetentionDeps): Handler<typeof holdsRoute> {
  return async (c) => {
    const { tenant } = c.get('token')
    const run = async () => ({ holds: [...(await present(retention).holds(tenant))] })
    return c.json(await recordedRead(c, { roles, question: {} }, { run }), 200)
  }
}

function present(retention: RetentionService | undefined): RetentionService {
  if (retention !== undefined) return retention
  throw new WhodidError(
    'not_found',
    'this Whodid deletes no evidence: it runs without a retention service',
  )
}

interface Asked {
  readonly reason: string
  readonly case_id?: string | undefined
}

function requestOf(c: Context<ApiEnv>, { reason, case_id: caseId }: Asked): RetentionRequest {
  const { tenant, name } = c.get('token')
  return {
    tenant,
    requestedBy: name,
    reason: boundedLine('reason', reason, { min: 1, max: reasonLengthMax }),
    caseId:
      caseId === undefined ? '' : boundedLine('case_id', caseId, { min: 1, max: caseLengthMax }),
  }
}

function subjectOf(text: string): string {
  const handle = parseHandle(text)
  if (handle.kind === 'delegator' || handle.kind === 'instance') return formatHandle(handle)
  throw new WhodidError(
    'invalid_handle',
    `"subject" expected delegator:<id> or instance:<id>; got "${printableLine(text, 80)}"`,
  )
}
