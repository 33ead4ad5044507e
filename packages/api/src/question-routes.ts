import { createRoute, z } from '@hono/zod-openapi'
import { grades, outcomes, verdicts } from '@whodid/model'
import {
  actionsLimit,
  handlesMax,
  latestActsLimit,
  resourcesLimit,
  templatesLimit,
  timelineLimit,
} from '@whodid/query'
import {
  actionsAnswerSchema,
  blastRadiusAnswerSchema,
  delegatorAnswerSchema,
  instanceAnswerSchema,
  orNull,
  templatesAnswerSchema,
} from './question-schemas.ts'
import { answerSchema, timeOfQuestion } from './route-definitions.ts'
import {
  caseHeader,
  everyBody,
  everyRead,
  problemDetailsSchema,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'
import {
  countSchema,
  idSchema,
  instantSchema,
  instantText,
  spanSchema,
  traceSchema,
  verbSchema,
} from './parameter-schemas.ts'

const times = {
  from: instantSchema.optional().describe(`Start of the time asked about. ${instantText}`),
  to: instantSchema.optional().describe(`End of the time asked about. ${instantText}`),
  as_recorded: instantSchema
    .optional()
    .describe(
      `Only what had been received by then: what could be known at the time. ${instantText}`,
    ),
}
const cursor = z
  .string()
  .min(1)
  .meta({ pattern: '^[A-Za-z0-9_-]+$' })
  .optional()
  .describe('`next_cursor` of the page before, with the same filters')
const limitOf = (limit: { readonly default: number; readonly max: number }, what: string) =>
  countSchema(1, limit.max).optional().describe(`${what}: 1–${limit.max}, default ${limit.default}`)
const filter = (what: string, schema: z.ZodString) => schema.optional().describe(`Only ${what}`)
// A pattern, since who types a filter has a text, and the parser names the values that there are.
const filterOf = (what: string, values: readonly string[]) =>
  z
    .string()
    .min(1)
    .meta({ pattern: `^(?:${values.join('|')})$` })
    .optional()
    .describe(`Only ${what}`)
const recorded = 'The read itself is recorded.'
const byOwnClaims =
  'Each record is judged by its own claims alone; `/v1/who-did` of its span weighs all the evidence.'
const idOf = (what: 'instance' | 'delegator') =>
  z.object({ id: idSchema(what).describe(`The ${what}’s ID, percent-encoded`) })

const answered = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: { 'application/json': { schema } } },
})

export const actionsRoute = createRoute({
  method: 'get',
  path: '/v1/actions',
  operationId: 'listActions',
  summary: 'What was done',
  description: `Actions that fit every filter given, newest first. ${byOwnClaims} Without a handle other than a template or a tool, \`from\` is required. Pages stay stable while records arrive: no action comes twice, and none that was there is left out. ${recorded}`,
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
      ...times,
      limit: limitOf(actionsLimit, 'How many actions to give'),
      cursor,
    }),
  },
  responses: {
    ...answered('One page of actions', actionsAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', 'invalid_cursor', 'range_required'),
  },
})

export const instanceRoute = createRoute({
  method: 'get',
  path: '/v1/instances/{id}',
  operationId: 'describeInstance',
  summary: 'One running agent, and what it did',
  description: `What the records that name the instance say of it, and its timeline, oldest first, a page at a time. Nothing found is 200 with \`instance: null\`. ${recorded}`,
  security,
  request: {
    headers: caseHeader,
    params: idOf('instance'),
    query: z.object({
      ...times,
      limit: limitOf(timelineLimit, 'How many records of the timeline to give'),
      cursor,
    }),
  },
  responses: {
    ...answered('The instance', instanceAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', 'invalid_cursor'),
  },
})

export const blastRadiusRoute = createRoute({
  method: 'get',
  path: '/v1/instances/{id}/blast-radius',
  operationId: 'blastRadius',
  summary: 'Everything an instance and those it started touched',
  description: `By resource, with verbs, first and last time. Descendants are instances that name one of the tree as their parent. An act whose record names nobody counts for the nearest instance above it, graded \`inferred\`. ${recorded}`,
  security,
  request: {
    headers: caseHeader,
    params: idOf('instance'),
    query: z.object({ ...times, limit: limitOf(resourcesLimit, 'How many resources to give') }),
  },
  responses: {
    ...answered('The blast radius', blastRadiusAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

export const templatesRoute = createRoute({
  method: 'get',
  path: '/v1/templates',
  operationId: 'listTemplates',
  summary: 'Which agents were at work',
  description: `The inventory of a time, by template: instances, delegators, tools, credentials, first and last seen. \`from\` is required: every record since then is read. ${recorded}`,
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      ...times,
      // Optional to the parser of requests, so that a missing one is told as `range_required`.
      from: times.from.openapi({ param: { required: true } }),
      limit: limitOf(templatesLimit, 'How many templates to give'),
      cursor,
    }),
  },
  responses: {
    ...answered('One page of the inventory', templatesAnswerSchema),
    ...problems(...everyRead, 'invalid_time', 'invalid_cursor', 'range_required'),
  },
})

export const delegatorRoute = createRoute({
  method: 'get',
  path: '/v1/delegators/{id}',
  operationId: 'describeDelegator',
  summary: 'What a human or service did, and what was done for it',
  description: `Direct and delegated acts, apart: how many, which verbs, since when, the newest of each, and the agents that acted for it. ${byOwnClaims} ${recorded}`,
  security,
  request: {
    headers: caseHeader,
    params: idOf('delegator'),
    query: z.object({
      ...times,
      limit: limitOf(latestActsLimit, 'How many of the newest acts of each kind to give'),
    }),
  },
  responses: {
    ...answered('The delegator', delegatorAnswerSchema),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time'),
  },
})

export const whoDidManyRoute = createRoute({
  method: 'post',
  path: '/v1/who-did',
  operationId: 'whoDidMany',
  summary: 'Who did these?',
  description: `The question of \`GET /v1/who-did\` for up to ${handlesMax} handles at once, one SQL statement each. A handle that cannot be answered has a problem in its place, and the others are answered. ${recorded}`,
  security,
  request: {
    headers: caseHeader,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({
              of: z
                .array(z.string())
                .meta({ minItems: 1, maxItems: handlesMax })
                .describe(`1–${handlesMax} handles`),
              ...timeOfQuestion,
            })
            .openapi('ManyQuestion'),
        },
      },
    },
  },
  responses: {
    ...answered(
      'An outcome for each handle, in the order asked',
      z
        .object({
          outcomes: z.array(
            z
              .object({
                of: z.string(),
                answer: orNull(answerSchema),
                problem: orNull(problemDetailsSchema),
              })
              .openapi('HandleOutcome'),
          ),
        })
        .openapi('ManyAnswer'),
    ),
    ...problems(...everyRead, 'invalid_handle', 'invalid_time', ...everyBody),
  },
})

/** Every route here. */
export const questionRoutes = [
  actionsRoute,
  instanceRoute,
  blastRadiusRoute,
  templatesRoute,
  delegatorRoute,
  whoDidManyRoute,
] as const
