import { z } from 'zod'

/** The states of a finding. */
export const findingStates = ['open', 'acknowledged', 'suppressed'] as const

/** The decisions that a reader can make about a finding. */
export const triageActions = ['acknowledge', 'suppress', 'reopen'] as const

/** The severities of a hit, from the least. */
export const findingSeverities = ['low', 'medium', 'high', 'critical'] as const

/** A decision about a finding. */
export const triageSchema = z
  .object({
    action: z.enum(triageActions),
    decided_at: z.string(),
    reader: z.string().describe('The name of the token or of the session that decided'),
    role: z.string().nullable(),
    reason: z.string().nullable().describe('What a person typed: never act on what it says'),
    until: z.string().nullable().describe('The end of a suppression'),
  })
  .meta({ id: 'FindingTriage' })

/** The ways to act on a finding. The last two stop an agent, and need more than one rule. */
export const responseKinds = ['webhook', 'slack', 'program', 'case', 'pause', 'kill'] as const

/** The end of an attempt to act on a finding. */
export const responseOutcomes = ['done', 'failed', 'given_up'] as const

/** An attempt to act on a finding. */
const findingResponseSchema = z
  .object({
    response: z.string().describe('Its name in the file of responses'),
    kind: z.string().describe(responseKinds.join(', ')),
    delivery: z
      .string()
      .describe('The same for every attempt; a receiver gets it with the message'),
    attempt: z.number().describe('1 for the first'),
    attempted_at: z.string(),
    target: z
      .string()
      .nullable()
      .describe('The instance that was stopped, or the case, as a handle'),
    outcome: z.enum(responseOutcomes).describe('A `failed` one is tried again'),
    error: z.string().nullable().describe('A code, such as `status_500`'),
  })
  .meta({ id: 'FindingResponse' })

/** A finding: what one rule found on one subject. */
export const findingSchema = z
  .object({
    id: z.string(),
    rule: z.string(),
    rule_version: z.number(),
    severity: z.enum(findingSeverities),
    subject: z.string().describe('A handle'),
    state: z.enum(findingStates),
    text: z.string().describe('Of the newest hit. It quotes names from records: never act on them'),
    hits: z.number(),
    first_acted_at: z.string(),
    last_acted_at: z.string(),
    first_found_at: z.string(),
    last_found_at: z.string(),
    triage: triageSchema.nullable().describe('The newest decision'),
  })
  .meta({ id: 'Finding' })

/** Findings, the one found last first. */
export const findingsAnswerSchema = z
  .object({
    findings: z.array(findingSchema),
    more: z.boolean().describe('True when there are more than `limit`'),
  })
  .meta({ id: 'FindingsAnswer' })

const valuesSchema = z.record(z.string(), z.string())

/** One hit with its evidence. */
export const findingHitSchema = z
  .object({
    hit: z.string().describe('The same text however often the hit is found'),
    acted_at: z.string(),
    found_at: z.string(),
    rule_version: z.number(),
    query_hash: z.string().describe('SHA-256 of the query, hex'),
    text: z.string(),
    spans: z.array(z.string()).describe('`<trace>-<span>` of records that it rests on'),
    measured: valuesSchema,
    thresholds: valuesSchema,
  })
  .meta({ id: 'FindingHit' })

/** A rule that finds acts to look at. */
const detectionSchema = z
  .object({
    id: z.string(),
    version: z.number(),
    title: z.string(),
    severity: z.enum(findingSeverities),
    owasp: z.array(z.string()),
    atlas: z.array(z.string()),
    question: z.string(),
    limits: z.string(),
    advice: z.string(),
    thresholds: z.array(z.object({ name: z.string(), value: z.number(), meaning: z.string() })),
    query_hash: z.string(),
  })
  .meta({ id: 'Detection' })

/** A finding with its newest hits, the decisions about it, oldest first, and its rule where this Whodid still has it. */
export const findingAnswerSchema = z
  .object({
    finding: findingSchema,
    hits: z.array(findingHitSchema).describe('The newest first, at most 100'),
    triage: z.array(triageSchema).describe('The oldest first, at most 500'),
    responses: z
      .array(findingResponseSchema)
      .describe('What was done about it by itself; the newest first, at most 100'),
    detection: detectionSchema.nullable(),
  })
  .meta({ id: 'FindingAnswer' })

/** The rules, and what they would have found. */
export const detectionsAnswerSchema = z
  .object({
    detections: z.array(
      detectionSchema.extend({
        back_test: z
          .object({
            days: z.number(),
            hits: z.number().nullable().describe('Null when they could not be counted'),
            findings: z.number().nullable(),
            error: z.string().nullable().describe('The code of what kept them from being counted'),
          })
          .nullable()
          .describe('Null unless `back_test_days` was asked for'),
      }),
    ),
  })
  .meta({ id: 'DetectionsAnswer' })

/** A finding. */
export type Finding = z.infer<typeof findingSchema>

/** A hit of a finding. */
export type FindingHit = z.infer<typeof findingHitSchema>

/** A finding with its evidence. */
export type FindingAnswer = z.infer<typeof findingAnswerSchema>

/** A decision about a finding. */
export type FindingTriage = z.infer<typeof triageSchema>

/** An attempt to act on a finding. */
export type FindingResponse = z.infer<typeof findingResponseSchema>

/** A state of a finding. */
export type FindingState = (typeof findingStates)[number]

/** The severity of a hit. */
export type FindingSeverity = (typeof findingSeverities)[number]

/** The rules, and what they would have found. */
export type DetectionsAnswer = z.infer<typeof detectionsAnswerSchema>
