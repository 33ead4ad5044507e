import { z } from 'zod'
import {
  actorTypes,
  delegatorTypes,
  inputTrusts,
  outcomes,
  promptOrigins,
  recordKinds,
} from '../attributes.ts'
import { handleKinds } from '../handle.ts'
import { count, grade, instant, orNull, problemSchema, spanRefText } from './cost-and-cursor.ts'
import { gapCodes, joins, verdicts } from './verdict-words.ts'
import { integritySchema } from './integrity.ts'
import { personOfNameSchema } from './people.ts'

const reasonSchema = z.object({
  code: z.string(),
  text: z.string(),
  span: spanRefText.nullable(),
})

/** A reason for the verdict. `code` is stable; `text` is for people. */
export type Reason = z.infer<typeof reasonSchema>

const gapSchema = z.object({
  code: z.enum(gapCodes),
  text: z.string(),
  span: spanRefText.nullable(),
})

/** A fact that the record should hold and does not. */
export type Gap = z.infer<typeof gapSchema>

const actionSchema = z.object({
  id: z.string(),
  span: spanRefText,
  verb: z.string(),
  outcome: z.enum(outcomes).nullable(),
  /** The grade of the outcome: said on an entitled channel, said on another, derived by a rule, or not on record. */
  outcome_grade: grade.describe(
    'inferred where a rule derived the outcome, which a reason then names',
  ),
  tool: z.string().nullable(),
  resource: z.object({ id: z.string(), type: z.string() }).nullable(),
  started_at: instant,
  ended_at: instant,
  record_kind: z.enum(recordKinds),
  /** The sender of the act's own record, and whether its token may speak for the actor that the record names. */
  exporter: z.object({ name: z.string(), entitled: z.boolean() }),
})

const actorSchema = z.object({ type: z.enum(actorTypes), id: z.string(), grade })

const agentSchema = z.object({
  template: z
    .object({ id: z.string(), name: z.string().nullable(), version: z.string().nullable() })
    .nullable(),
  instance: z
    .object({
      id: z.string(),
      parent_id: z.string().nullable(),
      identity_id: z.string().nullable(),
    })
    .nullable(),
  grade,
})

const delegatorSchema = z.object({
  id: z.string(),
  type: z.enum(delegatorTypes),
  issuer: z.string().nullable(),
  grade,
})

const delegationHopSchema = z.object({
  type: z.enum(['human', 'service', 'schedule', 'agent', 'unknown']),
  id: z.string(),
  template: z.string().nullable(),
  grade,
})

/** One hop of the delegation chain, human first, the acting instance last. */
export type DelegationHop = z.infer<typeof delegationHopSchema>

/** A prompt as an answer quotes it. */
const promptSchema = z.object({
  span: spanRefText,
  origin: z.enum(promptOrigins),
  text: z.string().nullable(),
  hash: z.string().nullable(),
  grade,
})

const planSchema = z.object({
  span: spanRefText,
  step: count.nullable(),
  text: z.string().nullable(),
  hash: z.string().nullable(),
})

const chainHopSchema = z.object({
  span: spanRefText,
  record_kind: z.enum(recordKinds),
  name: z.string(),
  instance: z.string().nullable(),
  template: z.string().nullable(),
  tool: z.string().nullable(),
  outcome: z.enum(outcomes).nullable(),
  resource: z.string().nullable(),
  started_at: instant,
  ended_at: instant,
  joined_by: z.enum(joins).describe('what tied this record to the chain'),
})

/** One record on the way from the root prompt to the action, and the tie between it and the chain. */
export type ChainHop = z.infer<typeof chainHopSchema>

const inputSchema = z.object({
  span: spanRefText,
  source: z.string(),
  trust: z.enum(inputTrusts),
  hash: z.string().nullable(),
  instance: z.string().nullable(),
  read_at: instant,
})

/** Content from outside that entered the context of the acting instance, or of one it descends from, before the action. */
export type Input = z.infer<typeof inputSchema>

const credentialSchema = z.object({
  id: z.string(),
  type: z.string().nullable(),
  subject: z.string().nullable(),
  actor: z.string().nullable(),
  issuer: z.string().nullable(),
  borrowed: z.boolean(),
  scopes: z.array(z.string()),
})

const alternativeSchema = z.object({
  span: spanRefText,
  verdict: z.enum(verdicts),
  verb: z.string(),
  outcome: z.enum(outcomes).nullable(),
  resource: z.string().nullable(),
  actor: z.string().nullable(),
  started_at: instant,
})

/** Another action on the same handle. */
export type Alternative = z.infer<typeof alternativeSchema>

const costSchema = z.object({
  statements: count,
  rows_read: count,
  bytes_read: count,
  elapsed_ms: z.number(),
})

/**
 * The answer to "who did this?", as `GET /v1/who-did` gives it.
 *
 * Every text in it that came from an agent has been through `printable`. `null` means that the record does not say.
 */
export const whoDidAnswerSchema = z
  .object({
    question: z.object({
      of: z.string(),
      kind: z.enum(handleKinds),
      at: z.string().nullable(),
      as_recorded: z.string().nullable(),
      from: z.string().nullable(),
      to: z.string().nullable(),
      verb: z.string().nullable(),
    }),
    verdict: z.enum(verdicts),
    /** The weakest grade that the verdict rests on. */
    grade,
    /** One plain sentence a person can paste into an incident channel. */
    summary: z.string(),
    reasons: z.array(reasonSchema),
    action: actionSchema.nullable(),
    /** null when undetermined. */
    actor: actorSchema.nullable(),
    /** null unless the actor is an agent. */
    agent: agentSchema.nullable(),
    delegator: delegatorSchema.nullable(),
    delegation_chain: z.array(delegationHopSchema),
    /** The prompt that initiated the task: a human's where one is on record, else the outermost. */
    prompt: promptSchema.nullable(),
    /** The last instruction to the actor, where that is another prompt. */
    nearest_prompt: promptSchema.nullable(),
    plan: planSchema.nullable(),
    /** Root first, the action last. */
    chain: z.array(chainHopSchema),
    inputs: z.array(inputSchema),
    credential: credentialSchema.nullable(),
    correlation_id: z.string().nullable(),
    gaps: z.array(gapSchema),
    integrity: integritySchema,
    /** Other actions on the same handle, newest first. */
    alternatives: z.array(alternativeSchema),
    /** The people behind the names of humans in the answer; left out where the ledger lists none for them. */
    people: z.array(personOfNameSchema).optional(),
    /** SQL statements sent, rows and bytes the engine read, milliseconds from question to answer. */
    cost: costSchema,
  })
  .meta({ id: 'WhoDidAnswer' })
export type WhoDidAnswer = z.infer<typeof whoDidAnswerSchema>

/** The outcome of one of many handles: its answer, or the problem that kept it from being answered. */
const handleOutcomeSchema = z
  .object({
    of: z.string(),
    answer: orNull(whoDidAnswerSchema),
    problem: orNull(problemSchema),
  })
  .meta({ id: 'HandleOutcome' })

/** The answer of `POST /v1/who-did`: an outcome for each handle, in the order asked. */
export const manyAnswerSchema = z
  .object({ outcomes: z.array(handleOutcomeSchema) })
  .meta({ id: 'ManyAnswer' })
