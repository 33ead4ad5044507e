import { z } from '@hono/zod-openapi'
import { grades, inputTrusts, outcomes, recordKinds, verdicts } from '@whodid/model'

const grade = z.enum(grades)
const instant = z.string().describe('RFC 3339, UTC, nanoseconds')
const spanRefText = z.string().describe('<trace id>-<span id>, lower-case hex')
const count = z.int()
const nextCursor = z
  .string()
  .nullable()
  .describe('For the next page, with the same filters; null after the last')

/** Null beside a named schema: the document would else say that null must have the schema's fields. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()])

const cost = z
  .object({
    statements: count.describe('SQL statements sent'),
    rows_read: count,
    bytes_read: count,
    elapsed_ms: z.number(),
  })
  .openapi('QuestionCost')

const listedAction = z
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
    actor: z.string().nullable(),
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
  .openapi('ListedAction')

/** One page of actions. */
export const actionsAnswerSchema = z
  .object({ actions: z.array(listedAction), next_cursor: nextCursor, cost })
  .openapi('ActionsAnswer')

const instanceAbout = z
  .object({
    templates: z.array(
      z.object({ id: z.string(), name: z.string().nullable(), version: z.string().nullable() }),
    ),
    parents: z.array(z.string()),
    identities: z.array(z.string()),
    delegators: z.array(z.object({ id: z.string(), type: z.string().nullable() })),
    correlation_ids: z.array(z.string()),
    exporters: z.array(
      z.object({
        name: z.string(),
        entitled: z
          .boolean()
          .nullable()
          .describe('Whether it may speak for the actor; null when its token is bound to none'),
      }),
    ),
    children: z.array(z.object({ id: z.string(), template: z.string().nullable() })),
    records: count,
    record_kinds: z.record(z.string(), count),
    sequence_missing: count.describe('Sequence numbers that no record carries: they never came'),
    first_at: instant,
    last_at: instant,
  })
  .openapi('InstanceAbout')

const timelineEntry = z
  .object({
    span: spanRefText,
    parent: spanRefText.nullable(),
    record_kind: z.enum(recordKinds),
    name: z.string(),
    seq: count.nullable(),
    tool: z.string().nullable(),
    verb: z.string().nullable(),
    outcome: z.enum(outcomes).nullable(),
    resource: z.string().nullable(),
    prompt: spanRefText.nullable(),
    input: z.object({ source: z.string(), trust: z.enum(inputTrusts) }).nullable(),
    approval: z.string().nullable(),
    grade: grade.describe('Of the claim that the instance did this'),
    started_at: instant,
    ended_at: instant,
    received_at: instant,
  })
  .openapi('TimelineEntry')

/** An instance and one page of its timeline. */
export const instanceAnswerSchema = z
  .object({
    id: z.string(),
    instance: orNull(instanceAbout).describe('null when no record names it'),
    timeline: z.array(timelineEntry).describe('Oldest first'),
    next_cursor: nextCursor,
    cost,
  })
  .openapi('InstanceAnswer')

const touchedResource = z
  .object({
    id: z.string(),
    type: z.string(),
    touches: z.array(
      z.object({
        verb: z.string(),
        outcome: z.enum(outcomes).nullable(),
        grade: grade.describe('Of the claim that an instance of the tree did it'),
        acts: count,
        first_at: instant,
        last_at: instant,
      }),
    ),
    instances: z.array(z.string()),
    tools: z.array(z.string()),
    first_at: instant,
    last_at: instant,
  })
  .openapi('TouchedResource')

/** What an instance and its descendants touched. */
export const blastRadiusAnswerSchema = z
  .object({
    id: z.string(),
    instances: z
      .array(z.object({ id: z.string(), parent: z.string().nullable(), depth: count }))
      .describe('The instance and its descendants, nearest first'),
    resources: z.array(touchedResource).describe('Latest touched first'),
    resources_total: count,
    acts_without_resource: count,
    truncated: z
      .object({ instances: z.boolean(), resources: z.boolean(), inherited: z.boolean() })
      .describe('What was left out because a bound was met'),
    cost,
  })
  .openapi('BlastRadiusAnswer')

const templateEntry = z
  .object({
    id: z.string(),
    names: z.array(z.string()),
    versions: z.array(z.string()),
    instances_total: count,
    instances: z
      .array(z.object({ id: z.string(), last_at: instant }))
      .describe('Those seen last, newest first'),
    delegators: z.array(z.string()),
    tools: z.array(z.string()),
    credentials: z.array(z.string()),
    records: count,
    contradicted_records: count.describe('Whose exporter may not speak for the template'),
    first_at: instant,
    last_at: instant,
  })
  .openapi('TemplateEntry')

/** One page of the inventory. */
export const templatesAnswerSchema = z
  .object({ templates: z.array(templateEntry), next_cursor: nextCursor, cost })
  .openapi('TemplatesAnswer')

const actsShape = {
  acts: count,
  contradicted_acts: count.describe('Whose exporter may not speak for the actor'),
  verbs: z.array(z.object({ verb: z.string(), outcome: z.enum(outcomes).nullable(), acts: count })),
  resources_total: count,
  first_at: instant.nullable(),
  last_at: instant.nullable(),
  latest: z.array(listedAction).describe('The newest, newest first'),
}

const delegatedAgent = z
  .object({
    template: z.string().nullable(),
    instance: z.string().nullable(),
    acts: count,
    first_at: instant,
    last_at: instant,
  })
  .openapi('DelegatedAgent')

/** What a delegator did, and what was done for it. */
export const delegatorAnswerSchema = z
  .object({
    id: z.string(),
    direct: z.object(actsShape).describe('What it did itself'),
    delegated: z
      .object({ ...actsShape, agents: z.array(delegatedAgent), agents_total: count })
      .describe('What was done on its behalf'),
    cost,
  })
  .openapi('DelegatorAnswer')
