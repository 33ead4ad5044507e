import { z } from 'zod'
import { outcomes, recordKinds } from '../attributes.ts'
import {
  count,
  grade,
  instant,
  nextCursor,
  questionCostSchema,
  spanRefText,
} from './cost-and-cursor.ts'
import { verdicts } from './verdict-words.ts'

/**
 * One act, judged by the records of its trace as an answer about its span judges it. Links across traces are not followed:
 * `GET /v1/who-did` of its `span` judges it with all the evidence.
 */
export const listedActionSchema = z
  .object({
    span: spanRefText,
    action: z.string().nullable(),
    record_kind: z.enum(recordKinds),
    verb: z.string(),
    outcome: z.enum(outcomes).nullable(),
    tool: z.string().nullable(),
    resource: z.object({ id: z.string(), type: z.string() }).nullable(),
    verdict: z.enum(verdicts).describe('By the record’s own claims alone'),
    grade: grade.describe('The weakest of the record’s own claims'),
    /** null when undetermined. An instance that is only hinted at is not named. */
    actor: z.string().nullable(),
    /** This field and the following ones as decided; where the verdict is open, as the record claims them. */
    template: z.string().nullable(),
    instance: z.string().nullable(),
    delegator: z.string().nullable(),
    delegator_type: z.string().nullable(),
    correlation_id: z.string().nullable(),
    credential: z.string().nullable(),
    started_at: instant,
    ended_at: instant,
    received_at: instant,
  })
  .meta({ id: 'ListedAction' })
export type ListedAction = z.infer<typeof listedActionSchema>

/** One page of actions, newest first. */
export const actionsAnswerSchema = z
  .object({
    actions: z.array(listedActionSchema),
    next_cursor: nextCursor,
    cost: questionCostSchema,
  })
  .meta({ id: 'ActionsAnswer' })
export type ActionsAnswer = z.infer<typeof actionsAnswerSchema>

const actsShape = {
  acts: count,
  contradicted_acts: count.describe('Whose exporter may not speak for the actor'),
  /** Acts by verb and outcome. */
  verbs: z.array(z.object({ verb: z.string(), outcome: z.enum(outcomes).nullable(), acts: count })),
  /** Resources touched. */
  resources_total: count,
  first_at: instant.nullable(),
  last_at: instant.nullable(),
  latest: z.array(listedActionSchema).describe('The newest, newest first'),
}

const actsOfDelegatorSchema = z.object(actsShape)

/** Acts of one kind: done by the delegator, or on its behalf. */
export type ActsOfDelegator = z.infer<typeof actsOfDelegatorSchema>

/** An agent that acted for a delegator, named as an answer about its newest act names it; null where that leaves it open. */
export const delegatedAgentSchema = z
  .object({
    template: z.string().nullable(),
    instance: z.string().nullable(),
    acts: count,
    first_at: instant,
    last_at: instant,
  })
  .meta({ id: 'DelegatedAgent' })
export type DelegatedAgent = z.infer<typeof delegatedAgentSchema>

/** The acts of a human or service, and the acts on its behalf, apart. */
export const delegatorAnswerSchema = z
  .object({
    id: z.string(),
    direct: actsOfDelegatorSchema.describe('What it did itself'),
    /** `agents`: those that acted for it, the latest first, at most 100 of `agents_total`. */
    delegated: z
      .object({ ...actsShape, agents: z.array(delegatedAgentSchema), agents_total: count })
      .describe('What was done on its behalf'),
    cost: questionCostSchema,
  })
  .meta({ id: 'DelegatorAnswer' })
export type DelegatorAnswer = z.infer<typeof delegatorAnswerSchema>
