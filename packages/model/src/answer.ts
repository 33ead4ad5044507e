import { z } from 'zod'
import {
  actorTypes,
  delegatorTypes,
  inputTrusts,
  outcomes,
  promptOrigins,
  recordKinds,
} from './attributes.ts'
import type {
  ActorType,
  DelegatorType,
  InputTrust,
  Outcome,
  PromptOrigin,
  RecordKind,
} from './attributes.ts'
import { handleKinds } from './handle.ts'
import type { HandleKind } from './handle.ts'
import type { SpanRef } from './ids.ts'
import { integritySchema } from './integrity.ts'
import type { Integrity } from './integrity.ts'

/** How well a claim is backed, strongest first; `contradicted` overrides all and keeps both values. */
export const grades = [
  'countersigned',
  'attested',
  'token_bound',
  'channel',
  'asserted',
  'inferred',
  'none',
  'contradicted',
] as const
export type Grade = (typeof grades)[number]

/** Who did it. `undetermined` is an answer: the record does not say, or says two things. */
export const verdicts = ['agent', 'human', 'service', 'undetermined'] as const
export type Verdict = (typeof verdicts)[number]

/** What the record should hold and does not. Always shown, never filled. */
export const gapCodes = [
  'missing_parent',
  'missing_delegator',
  'missing_instance',
  'missing_prompt',
  'missing_plan',
  'sequence_gap',
  'content_withheld',
  'content_erased',
  'content_expired',
  'content_missing',
  'content_mismatch',
  'unsealed',
  'conflicting_identity',
  'dropped_attributes',
  'evidence_truncated',
  'parent_cycle',
  'clock_ahead',
  'inputs_truncated',
  'outcome_not_recorded',
  'vocabulary_not_understood',
] as const
export type GapCode = (typeof gapCodes)[number]

/** An instant as answers give it: RFC 3339 in UTC with nanoseconds. */
type Instant = string

/** Why the verdict is what it is. `code` is stable; `text` is for people. */
export interface Reason {
  code: string
  text: string
  span: SpanRef | null
}

/** Something the record should hold and does not. */
export interface Gap {
  code: GapCode
  text: string
  span: SpanRef | null
}

/** What ties a record to the chain: the rule `joined_by_…` of that name, or a reference it carries. */
export const joins = [
  'subject',
  'parent',
  'plan_ref',
  'prompt_ref',
  'delegation',
  'correlation',
  'link',
  'prompt_text',
] as const
export type JoinedBy = (typeof joins)[number]

/** One record on the way from the root prompt to the action, and what tied it to the chain. */
export interface ChainHop {
  span: SpanRef
  record_kind: RecordKind
  name: string
  instance: string | null
  template: string | null
  tool: string | null
  outcome: Outcome | null
  resource: string | null
  started_at: Instant
  joined_by: JoinedBy
}

/** A prompt as an answer quotes it. */
export interface QuotedPrompt {
  span: SpanRef
  origin: PromptOrigin
  text: string | null
  hash: string | null
  grade: Grade
}

/** One hop of the delegation chain, human first, the acting instance last. */
export interface DelegationHop {
  type: 'human' | 'service' | 'schedule' | 'agent' | 'unknown'
  id: string
  template: string | null
  grade: Grade
}

/** Another action on the same handle. */
export interface Alternative {
  span: SpanRef
  verdict: Verdict
  verb: string
  outcome: Outcome | null
  resource: string | null
  actor: string | null
  started_at: Instant
}

/** Content from outside that entered the context of the acting instance, or of one it descends from, before the action. */
export interface Input {
  span: SpanRef
  source: string
  trust: InputTrust
  hash: string | null
  instance: string | null
  read_at: Instant
}

/**
 * The answer to "who did this?", as `GET /v1/who-did` gives it.
 *
 * Every text in it that came from an agent has been through `printable`. `null` means that the record does not say.
 */
export interface WhoDidAnswer {
  question: {
    of: string
    kind: HandleKind
    at: string | null
    as_recorded: string | null
    from: string | null
    to: string | null
    verb: string | null
  }
  verdict: Verdict
  /** The weakest link of what the verdict rests on. */
  grade: Grade
  /** One plain sentence a person can paste into an incident channel. */
  summary: string
  reasons: Reason[]
  action: {
    id: string
    span: SpanRef
    verb: string
    outcome: Outcome | null
    /** How well the outcome is backed: said on an entitled channel, said on another, derived by a rule, or not on record. */
    outcome_grade: Grade
    tool: string | null
    resource: { id: string; type: string } | null
    started_at: Instant
    ended_at: Instant
    record_kind: RecordKind
    /** Who sent the act's own record, and whether its token may speak for the actor that the record names. */
    exporter: { name: string; entitled: boolean }
  } | null
  /** null when undetermined. */
  actor: { type: ActorType; id: string; grade: Grade } | null
  /** null when the actor is not an agent. */
  agent: {
    template: { id: string; name: string | null; version: string | null } | null
    instance: { id: string; parent_id: string | null; identity_id: string | null } | null
    grade: Grade
  } | null
  delegator: { id: string; type: DelegatorType; issuer: string | null; grade: Grade } | null
  delegation_chain: DelegationHop[]
  /** The prompt that initiated the task: a human's where one is on record, else the outermost. */
  prompt: QuotedPrompt | null
  /** The last instruction to whoever acted, where that is another prompt. */
  nearest_prompt: QuotedPrompt | null
  plan: { span: SpanRef; step: number | null; text: string | null; hash: string | null } | null
  /** Root first, the action last. */
  chain: ChainHop[]
  inputs: Input[]
  credential: {
    id: string
    type: string | null
    subject: string | null
    actor: string | null
    issuer: string | null
    borrowed: boolean
    scopes: string[]
  } | null
  correlation_id: string | null
  gaps: Gap[]
  integrity: Integrity
  /** Other actions on the same handle, newest first. */
  alternatives: Alternative[]
  /** What the answer cost: SQL statements sent, rows and bytes the engine read, milliseconds from question to answer. */
  cost: { statements: number; rows_read: number; bytes_read: number; elapsed_ms: number }
}

/** An error of the API: RFC 9457 problem details, with a stable `code` and a `type` that links to its page. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  request_id: string
}

const grade = z.enum(grades)
const spanRefText = z.string().describe('<trace id>-<span id>, lower-case hex')
const instant = z.string().describe('RFC 3339, UTC, nanoseconds')

const reasonSchema = z.object({
  code: z.string(),
  text: z.string(),
  span: spanRefText.nullable(),
})

const gapSchema = z.object({
  code: z.enum(gapCodes),
  text: z.string(),
  span: spanRefText.nullable(),
})

const actionSchema = z.object({
  id: z.string(),
  span: spanRefText,
  verb: z.string(),
  outcome: z.enum(outcomes).nullable(),
  outcome_grade: grade.describe(
    'inferred where a rule derived the outcome, which a reason then names',
  ),
  tool: z.string().nullable(),
  resource: z.object({ id: z.string(), type: z.string() }).nullable(),
  started_at: instant,
  ended_at: instant,
  record_kind: z.enum(recordKinds),
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

const promptSchema = z.object({
  span: spanRefText,
  origin: z.enum(promptOrigins),
  text: z.string().nullable(),
  hash: z.string().nullable(),
  grade,
})

const planSchema = z.object({
  span: spanRefText,
  step: z.int().nullable(),
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
  joined_by: z.enum(joins).describe('what tied this record to the chain'),
})

const inputSchema = z.object({
  span: spanRefText,
  source: z.string(),
  trust: z.enum(inputTrusts),
  hash: z.string().nullable(),
  instance: z.string().nullable(),
  read_at: instant,
})

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

const costSchema = z.object({
  statements: z.int(),
  rows_read: z.int(),
  bytes_read: z.int(),
  elapsed_ms: z.number(),
})

/** Checks a {@link WhoDidAnswer} at the edge, and describes it in the OpenAPI document. */
export const whoDidAnswerSchema: z.ZodType<WhoDidAnswer> = z.object({
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
  grade,
  summary: z.string(),
  reasons: z.array(reasonSchema),
  action: actionSchema.nullable(),
  actor: actorSchema.nullable(),
  agent: agentSchema.nullable(),
  delegator: delegatorSchema.nullable(),
  delegation_chain: z.array(delegationHopSchema),
  prompt: promptSchema.nullable(),
  nearest_prompt: promptSchema.nullable(),
  plan: planSchema.nullable(),
  chain: z.array(chainHopSchema),
  inputs: z.array(inputSchema),
  credential: credentialSchema.nullable(),
  correlation_id: z.string().nullable(),
  gaps: z.array(gapSchema),
  integrity: integritySchema,
  alternatives: z.array(alternativeSchema),
  cost: costSchema,
})

/** Checks a {@link Problem}. */
export const problemSchema: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  request_id: z.string(),
})
