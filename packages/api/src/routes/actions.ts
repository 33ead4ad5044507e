import { createRoute, z } from '@hono/zod-openapi'
import { grades, outcomes, verdicts } from '@whodid/model'
import { actionsAnswerSchema } from '@whodid/model/answers'
import { actionsLimit, listActions, parseActionsQuestion } from '@whodid/query'
import {
  cursorSchema,
  idSchema,
  limitSchema,
  listTimes,
  spanSchema,
  traceSchema,
  verbSchema,
} from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

const filter = (what: string, schema: z.ZodString) => schema.optional().describe(`Only ${what}`)
// A pattern, not an enumeration: a person types the filter as text, and the parser names the values that there are.
const filterOf = (what: string, values: readonly string[]) =>
  z
    .string()
    .min(1)
    .meta({ pattern: `^(?:${values.join('|')})$` })
    .optional()
    .describe(`Only ${what}`)

/** `GET /v1/actions` */
export const actionsRoute = createRoute({
  method: 'get',
  path: '/v1/actions',
  operationId: 'listActions',
  summary: 'What was done',
  description: `Actions that fit every filter given, newest first. Each record is judged by its own claims alone; \`/v1/who-did\` of its span weighs all the evidence. Without a handle other than a template or a tool, \`from\` is required. Pages stay stable while records arrive: no action comes twice, and none that was there is left out. The read itself is recorded.`,
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      trace: filter('actions of this trace', traceSchema),
      span: filter('this span, `<trace>-<span>`', spanSchema),
      action: filter('this action', idSchema('action')),
      instance: filter('actions of this instance', idSchema('instance')),
      template: filter('actions of this template', idSchema('template')),
      delegator: filter(
        'actions of this human or service, or on its behalf',
        idSchema('delegator'),
      ),
      correlation: filter('actions under this correlation ID', idSchema('correlation')),
      credential: filter('actions with this credential', idSchema('credential')),
      resource: filter('actions on this resource; a URL will do', idSchema('resource')),
      session: filter('actions of this session', idSchema('session')),
      conversation: filter('actions of this conversation', idSchema('conversation')),
      tool: filter('calls of this tool', idSchema('tool')),
      verb: filter('actions of this verb', verbSchema),
      outcome: filterOf('actions with this outcome', outcomes),
      verdict: filterOf('actions with this verdict', verdicts),
      grade: filterOf('actions with this grade', grades),
      ...listTimes,
      limit: limitSchema(actionsLimit, 'How many actions to give'),
      cursor: cursorSchema,
    }),
  },
  responses: {
    ...answered('One page of actions', actionsAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', 'invalid_cursor', 'range_required'),
  },
})

/** Answers actionsRoute. */
export function answerActions({
  selector,
  recordedRead,
}: QuestionDeps): Handler<typeof actionsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseActionsQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => listActions(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}
