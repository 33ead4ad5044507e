import { z } from '@hono/zod-openapi'
import { actionsLimit, candidatesLimit, resourcesLimit, timelineLimit } from '@whodid/query'
import {
  actionProofSchema,
  actionsAnswerSchema,
  blastRadiusAnswerSchema,
  findAnswerSchema,
  instanceAnswerSchema,
  whoDidAnswerSchema,
} from '@whodid/model/answers'
import {
  actionsRoute,
  blastRadiusRoute,
  findRoute,
  instanceRoute,
  proofRoute,
  whoDidRoute,
} from '../routes/index.ts'
import { alternativesLimit } from '../routes/who-did.ts'
import { answerBounds, answerLengthMax } from './mark-untrusted.ts'
import type { AnswerBounds } from './mark-untrusted.ts'

/** A question that an assistant may ask: one GET route of the API. */
export interface McpTool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** The arguments: the route's parameters by their names, with whole numbers as numbers. No other is taken. */
  readonly input: z.ZodObject
  /** The answer of the route. */
  readonly output: z.ZodType
  /** The path of the route; `{id}` stands for the argument of that name. */
  readonly path: string
  readonly bounds: readonly AnswerBounds[]
}

interface CountBounds {
  readonly max: number
  readonly min?: number
  readonly default: number
}

/** The size of a list. The route takes it as text; a schema of a number is what assistants fill in best. */
function count(what: string, { max, min = 1, default: usual }: CountBounds): z.ZodType {
  return z
    .int()
    .min(min)
    .max(max)
    .optional()
    .describe(`How many ${what} to give: ${min}–${max}, default ${usual}`)
}

/** A proof is of use only whole. */
const wholeTexts: readonly AnswerBounds[] = [{ textLengthMax: answerLengthMax, itemsMax: 200 }]

/** Every tool, in the order in which an investigation uses them. All of them only read. */
export const toolTable: readonly McpTool[] = [
  {
    name: 'find',
    title: 'Find what a clue means',
    description:
      'Starts from anything vague: an e-mail address, a login, a hash or its beginning, a URL, a path, a tool, words of a prompt, a time such as "what was deleted on tuesday". Gives candidates, each with the question that it leads to.',
    path: '/v1/find',
    input: z.strictObject({
      ...findRoute.request.query.shape,
      limit: count('candidates', candidatesLimit),
    }),
    output: findAnswerSchema,
    bounds: answerBounds,
  },
  {
    name: 'who_did',
    title: 'Who did this?',
    description:
      'The newest successful act on a handle: who did it, for whom, from which prompt, through which calls, how well that is proved, and what the record does not say. "undetermined" is an answer: never guess beyond it.',
    path: '/v1/who-did',
    input: z.strictObject({
      ...whoDidRoute.request.query.shape,
      limit: count('alternatives', alternativesLimit),
    }),
    output: whoDidAnswerSchema,
    bounds: answerBounds,
  },
  {
    name: 'actions',
    title: 'List what was done',
    description:
      'Acts that fit every filter given, newest first, a page at a time. Without a handle other than a template or a tool, "from" is required.',
    path: '/v1/actions',
    input: z.strictObject({
      ...actionsRoute.request.query.shape,
      limit: count('actions', actionsLimit),
    }),
    output: actionsAnswerSchema,
    bounds: answerBounds,
  },
  {
    name: 'instance',
    title: 'One running agent and its timeline',
    description:
      'What the records say of one instance of an agent, and its timeline, oldest first, a page at a time.',
    path: '/v1/instances/{id}',
    input: z.strictObject({
      ...instanceRoute.request.params.shape,
      ...instanceRoute.request.query.shape,
      limit: count('records of the timeline', timelineLimit),
    }),
    output: instanceAnswerSchema,
    bounds: answerBounds,
  },
  {
    name: 'blast_radius',
    title: 'Everything an instance touched',
    description:
      'The resources that an instance and all those it started touched, with verbs, first and last time.',
    path: '/v1/instances/{id}/blast-radius',
    input: z.strictObject({
      ...blastRadiusRoute.request.params.shape,
      ...blastRadiusRoute.request.query.shape,
      limit: count('resources', resourcesLimit),
    }),
    output: blastRadiusAnswerSchema,
    bounds: answerBounds,
  },
  {
    name: 'verify',
    title: 'The proof that a record was not changed',
    description:
      'The record, its path to the root of a signed checkpoint, and that checkpoint, for one act. The one who asks checks it: Whodid does not vouch for itself. "not_sealed" means: ask again in a second.',
    path: '/v1/actions/{id}/proof',
    input: z.strictObject(proofRoute.request.params.shape),
    output: actionProofSchema,
    bounds: wholeTexts,
  },
]
