import type { OpenAPIHono } from '@hono/zod-openapi'
import {
  blastRadius,
  checkMany,
  describeDelegator,
  describeInstance,
  listActions,
  listTemplates,
  parseActionsQuestion,
  parseBlastRadiusQuestion,
  parseDelegatorQuestion,
  parseInstanceQuestion,
  parseQuestion,
  parseTemplatesQuestion,
  whoDid,
  whoDidMany,
} from '@whodid/query'
import type { HandleOutcome } from '@whodid/query'
import type { ApiOptions } from './api-options.ts'
import { boundSelector, statementBoundsDefault } from './bound-selector.ts'
import { addEvidence } from './evidence-handlers.ts'
import { problemOf } from './problem.ts'
import {
  actionsRoute,
  blastRadiusRoute,
  delegatorRoute,
  instanceRoute,
  templatesRoute,
  whoDidManyRoute,
} from './question-routes.ts'
import type { RecordedRead } from './recorded-read.ts'
import { whoDidRoute } from './route-definitions.ts'
import type { ApiEnv } from './request-scope.ts'

const roles = ['investigator', 'admin'] as const

/** Adds the questions and their proofs. Each is parsed before anything is read, and its read recorded. */
export function addQuestions(
  app: OpenAPIHono<ApiEnv>,
  options: ApiOptions,
  recordedRead: RecordedRead,
): void {
  const { selector } = options
  const sources = boundSources(options)
  app.openapi(whoDidRoute, async (c) => {
    const asked = c.req.valid('query')
    const question = parseQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => whoDid(sources, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(actionsRoute, async (c) => {
    const asked = c.req.valid('query')
    const question = parseActionsQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => listActions(selector, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(instanceRoute, async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseInstanceQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => describeInstance(selector, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(blastRadiusRoute, async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseBlastRadiusQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => blastRadius(selector, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(templatesRoute, async (c) => {
    const asked = c.req.valid('query')
    const question = parseTemplatesQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => listTemplates(selector, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  app.openapi(delegatorRoute, async (c) => {
    const asked = { ...c.req.valid('query'), ...c.req.valid('param') }
    const question = parseDelegatorQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => describeDelegator(selector, tenant, question)
    return c.json(await recordedRead(c, { roles, question: asked }, { run }), 200)
  })

  addManyHandles(app, sources, recordedRead)
  addEvidence(app, options, recordedRead)
}

/** What answers who did it, its statements bounded: whoever asks for many at once waits with the others. */
function boundSources(options: ApiOptions): ApiOptions {
  const bounds = { ...statementBoundsDefault, ...options.statements }
  return { ...options, selector: boundSelector(options.selector, bounds) }
}

function addManyHandles(
  app: OpenAPIHono<ApiEnv>,
  options: ApiOptions,
  recordedRead: RecordedRead,
): void {
  app.openapi(whoDidManyRoute, async (c) => {
    const asked = c.req.valid('json')
    checkMany(asked)
    const { tenant } = c.get('token')
    const requestId = c.get('requestId')
    const reading = { roles, question: { ...asked, of: JSON.stringify(asked.of) } }
    const outcomes = await recordedRead(c, reading, {
      run: () => whoDidMany(options, tenant, asked),
    })
    const describe = (outcome: HandleOutcome) => {
      if ('answer' in outcome) return { ...outcome, problem: null }
      const problem = problemOf(outcome.error, requestId)
      if (problem.status >= 500) options.onFailure?.(requestId, outcome.error)
      return { of: outcome.of, answer: null, problem }
    }
    return c.json({ outcomes: outcomes.map(describe) }, 200)
  })
}
