import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import {
  describeFinding,
  findingsLimit,
  listFindings,
  parseFindingsQuestion,
  triageMax,
} from '@whodid/detect'
import { parseInstant, printable, WhodidError } from '@whodid/model'
import {
  findingAnswerSchema,
  findingsAnswerSchema,
  findingSeverities,
  findingStates,
  triageActions,
} from '@whodid/model/answers'
import type { FindingWriter, TriageRow } from '@whodid/store'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { instantSchema, instantText, limitSchema, lineSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import { ruleSchema, shownRule } from './detections.ts'
import type { DetectionDeps } from './detections.ts'
import type { Handler } from './route-parts.ts'

/** Characters of a reason at most. */
const reasonLengthMax = 1_000

const nameLengthMax = 1_024

const idOfFinding = z.object({
  id: z.string().meta({ pattern: '^[0-9a-f]{32}$' }).describe('The finding: 32 hex digits'),
})

/** `GET /v1/findings` */
export const findingsRoute = createRoute({
  method: 'get',
  path: '/v1/findings',
  operationId: 'listFindings',
  summary: 'What the detections found',
  description:
    'One finding for each rule and subject, the one found last first. A hit after an acknowledgement opens it again; a suppression ends at its end. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      state: z.enum(findingStates).optional().describe('Only findings in this state'),
      rule: ruleSchema.optional().describe('Only findings of this rule'),
      subject: lineSchema(nameLengthMax)
        .optional()
        .describe('Only findings on this subject, a handle such as `instance:…` or `credential:…`'),
      severity: z.enum(findingSeverities).optional().describe('Only findings of this severity'),
      limit: limitSchema(findingsLimit, 'How many findings to give'),
    }),
  },
  responses: { ...answered('The findings', findingsAnswerSchema), ...problems(...everyRead) },
})

/** `GET /v1/findings/{id}` */
export const findingRoute = createRoute({
  method: 'get',
  path: '/v1/findings/{id}',
  operationId: 'describeFinding',
  summary: 'A finding with its evidence',
  description:
    'Its newest hits with the records, values and thresholds behind each; the decisions about it; and what the rule answers, cannot see, and advises. The read itself is recorded.',
  security,
  request: { headers: caseHeader, params: idOfFinding, query: z.object({}) },
  responses: {
    ...answered('The finding', findingAnswerSchema),
    ...problems(...everyRead, 'not_found'),
  },
})

const newTriageSchema = z
  .strictObject({
    action: z
      .enum(triageActions)
      .describe(
        '`acknowledge`: somebody is on it, until it is found again. `suppress`: known, until an end. `reopen`: neither',
      ),
    reason: lineSchema(reasonLengthMax)
      .optional()
      .describe(`Words, 1–${reasonLengthMax} characters. A suppression needs them`),
    until: instantSchema
      .optional()
      .describe(`The end of a suppression, which needs one, in the future. ${instantText}`),
  })
  .openapi('NewFindingTriage', {
    if: { properties: { action: { const: 'suppress' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
    then: { properties: { reason: {}, until: {} }, required: ['reason', 'until'] },
    else: { properties: { until: false } },
  } as object)

/** `POST /v1/findings/{id}/triage` */
export const triageRoute = createRoute({
  method: 'post',
  path: '/v1/findings/{id}/triage',
  operationId: 'triageFinding',
  summary: 'Decide about a finding',
  description: `Acknowledges, suppresses or reopens it, under the name of the token; nothing changes or removes a decision. A finding takes ${triageMax}. The request is among the reads.`,
  security,
  request: {
    headers: caseHeader,
    params: idOfFinding,
    body: { required: true, content: { 'application/json': { schema: newTriageSchema } } },
  },
  responses: {
    ...answered('The finding as it is now', findingAnswerSchema),
    ...problems(...everyRead, ...everyBody, 'invalid_time', 'not_found', 'case_full'),
  },
})

/** The ports of the findings. */
export interface FindingDeps extends DetectionDeps {
  /** Without it findings are read only: a decision is answered with `not_found`. */
  readonly findingWriter: FindingWriter | undefined
}

/** Answers findingsRoute. */
export function answerFindings({
  selector,
  recordedRead,
}: FindingDeps): Handler<typeof findingsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const question = parseFindingsQuestion(asked)
    const { tenant } = c.get('token')
    const run = () => listFindings(selector, tenant, question)
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

/** Answers findingRoute. */
export function answerFinding(deps: FindingDeps): Handler<typeof findingRoute> {
  return async (c) => {
    const { id } = c.req.valid('param')
    const run = () => described(deps, c.get('token').tenant, id)
    return c.json(await deps.recordedRead(c, { roles: readers, question: { id } }, { run }), 200)
  }
}

/** Answers triageRoute, once the decision is on the disk. */
export function answerTriage(deps: FindingDeps): Handler<typeof triageRoute> {
  return async (c) => {
    const { id } = c.req.valid('param')
    const row = decisionOf(c, { id, asked: c.req.valid('json'), nowUnixNs: deps.now() })
    const run = async () => {
      if (deps.findingWriter === undefined)
        throw new WhodidError('not_found', 'this Whodid takes no decisions about findings')
      const { triage } = await describeFinding(deps.selector, row.tenant, id)
      if (triage.length >= triageMax)
        throw new WhodidError('case_full', `the finding expected at most ${triageMax} decisions`)
      await deps.findingWriter.addTriage(row)
      return described(deps, row.tenant, id)
    }
    // Its words stand in the decision, not in the access log.
    const asked = { roles: readers, question: { id, action: row.action } }
    return c.json(await deps.recordedRead(c, asked, { run }), 200)
  }
}

async function described(
  { selector, detections }: FindingDeps,
  tenant: string,
  id: string,
): Promise<z.infer<typeof findingAnswerSchema>> {
  const found = await describeFinding(selector, tenant, id)
  const rule = detections.find((one) => one.id === found.finding.rule)
  return { ...found, detection: rule === undefined ? null : shownRule(rule) }
}

function decisionOf(
  c: Context<ApiEnv>,
  {
    id,
    asked: { action, reason = '', until },
    nowUnixNs,
  }: {
    readonly id: string
    readonly asked: z.infer<typeof newTriageSchema>
    readonly nowUnixNs: bigint
  },
): TriageRow {
  const words = printable(reason).trim()
  if (Array.from(words).length > reasonLengthMax)
    throw new WhodidError(
      'invalid_parameter',
      `"reason" expected at most ${reasonLengthMax} characters`,
    )
  const untilUnixNs = until === undefined ? 0n : parseInstant(until, 'until')
  const isSuppression = action === 'suppress'
  if (isSuppression && words === '')
    throw new WhodidError('invalid_parameter', '"reason" expected words; got none')
  if (isSuppression && untilUnixNs <= nowUnixNs)
    throw new WhodidError('invalid_time', '"until" expected an instant in the future')
  if (!isSuppression && until !== undefined)
    throw new WhodidError('invalid_parameter', `"until" expected with suppress; got ${action}`)
  const { tenant, name, role } = c.get('token')
  return {
    tenant,
    findingId: id,
    decidedAtUnixNs: nowUnixNs,
    triageId: c.get('requestId'),
    reader: name,
    role,
    action,
    reason: words,
    untilUnixNs,
  }
}
