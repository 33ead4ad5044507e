import { createRoute, z } from '@hono/zod-openapi'
import { backTest, backTestDaysMax } from '@whodid/detect'
import type { BackTested, Detection } from '@whodid/detect'
import type { DetectionsAnswer } from '@whodid/model'
import { detectionsAnswerSchema } from '@whodid/model/answers'
import { parseCount } from '@whodid/query'
import { countSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

const rulePattern = /^[a-z][a-z0-9-]{2,48}$/u

/** The ID of a rule. */
export const ruleSchema: z.ZodString = z
  .string()
  .refine((id) => rulePattern.test(id), 'expected the ID of a rule, such as zombie-act')
  .meta({ pattern: rulePattern.source })

/** `GET /v1/detections` */
export const detectionsRoute = createRoute({
  method: 'get',
  path: '/v1/detections',
  operationId: 'listDetections',
  summary: 'The rules, and what they would have found',
  description:
    'Each rule with its question, limits, advice and thresholds. With `back_test_days` also how many hits it would have had in what was received in those days; it asks for some 20 seconds, and a count that takes longer is null, with the code: ask for one rule, or fewer days. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    query: z.object({
      rule: ruleSchema.optional().describe('Only this rule'),
      back_test_days: countSchema(1, backTestDaysMax)
        .optional()
        .describe(`Days to look back: 1–${backTestDaysMax}`),
    }),
  },
  responses: { ...answered('The rules', detectionsAnswerSchema), ...problems(...everyRead) },
})

/** The ports of the rules. */
export interface DetectionDeps extends QuestionDeps {
  readonly detections: readonly Detection[]
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers detectionsRoute. */
export function answerDetections({
  selector,
  detections,
  recordedRead,
  now,
}: DetectionDeps): Handler<typeof detectionsRoute> {
  return async (c) => {
    const asked = c.req.valid('query')
    const { tenant } = c.get('token')
    const wanted = detections.filter(({ id }) => asked.rule === undefined || id === asked.rule)
    const bounds = { min: 1, max: backTestDaysMax, default: 0 }
    const days = parseCount(asked.back_test_days, 'back_test_days', bounds)
    const run = async () => {
      const options = { tenant, days, nowUnixNs: now() }
      const tested = days === 0 ? [] : await backTest(selector, wanted, options)
      return { detections: wanted.map((rule) => shownDetection(rule, { tested, days })) }
    }
    return c.json(await recordedRead(c, { roles: readers, question: asked }, { run }), 200)
  }
}

function shownDetection(
  rule: Detection,
  { tested, days }: { readonly tested: readonly BackTested[]; readonly days: number },
): DetectionsAnswer['detections'][number] {
  const counted = tested.find((one) => one.rule === rule.id)
  if (counted === undefined) return { ...shownRule(rule), back_test: null }
  const { hits, findings, error } = counted
  return { ...shownRule(rule), back_test: { days, hits, findings, error } }
}

/** A rule as answers show it. */
export function shownRule(
  rule: Detection,
): Omit<DetectionsAnswer['detections'][number], 'back_test'> {
  const { id, version, title, severity, question, limits, advice } = rule
  return {
    id,
    version,
    title,
    severity,
    question,
    limits,
    advice,
    owasp: [...rule.owasp],
    atlas: [...rule.atlas],
    thresholds: rule.thresholds.map(({ name, value, meaning }) => ({ name, value, meaning })),
    query_hash: rule.queryHash,
  }
}
