import { createRoute, z } from '@hono/zod-openapi'
import { blastRadiusAnswerSchema, instanceAnswerSchema } from '@whodid/model/answers'
import {
  blastRadius,
  describeInstance,
  parseBlastRadiusQuestion,
  parseInstanceQuestion,
  resourcesLimit,
  timelineLimit,
} from '@whodid/query'
import { cursorSchema, idParameter, limitSchema, listTimes } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/instances/{id}` */
export const instanceRoute = createRoute({
  method: 'get',
  path: '/v1/instances/{id}',
  operationId: 'describeInstance',
  summary: 'One running agent, and what it did',
  description: `What the records that name the instance say of it, and its timeline, oldest first, a page at a time. Nothing found is 200 with \`instance: null\`. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    params: idParameter('instance'),
    query: z.object({
      ...listTimes,
      limit: limitSchema(timelineLimit, 'How many records of the timeline to give'),
      cursor: cursorSchema,
    }),
  },
  responses: {
    ...answered('The instance', instanceAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', 'invalid_cursor'),
  },
})

/** Answers instanceRoute. */
export function answerInstance({
  selector,
  recordedRead,
}: QuestionDeps): Handler<typeof instanceRoute> {
  return async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseInstanceQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => describeInstance(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

/** `GET /v1/instances/{id}/blast-radius` */
export const blastRadiusRoute = createRoute({
  method: 'get',
  path: '/v1/instances/{id}/blast-radius',
  operationId: 'blastRadius',
  summary: 'Everything an instance and those it started touched',
  description: `By resource, with verbs, first and last time. Descendants are instances that name one of the tree as their parent. An act whose record names nobody counts for the nearest instance above it, graded \`inferred\`. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    params: idParameter('instance'),
    query: z.object({
      ...listTimes,
      limit: limitSchema(resourcesLimit, 'How many resources to give'),
    }),
  },
  responses: {
    ...answered('The blast radius', blastRadiusAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

/** Answers blastRadiusRoute. */
export function answerBlastRadius({
  selector,
  recordedRead,
}: QuestionDeps): Handler<typeof blastRadiusRoute> {
  return async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseBlastRadiusQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => blastRadius(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
