import { z } from 'zod'
import { inputTrusts, outcomes, recordKinds } from '../attributes.ts'
import {
  count,
  grade,
  instant,
  nextCursor,
  orNull,
  questionCostSchema,
  spanRefText,
} from './cost-and-cursor.ts'

/**
 * The claims of the records that name an instance; where they disagree, all of them, at most 16 of each. An ingest client that may
 * not speak for the instance is listed among the exporters and counted among the records; its other claims are left out.
 */
export const instanceAboutSchema = z
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
    /** Instances that name this one as their parent, at most 100. */
    children: z.array(z.object({ id: z.string(), template: z.string().nullable() })),
    records: count,
    /** Records of each kind. */
    record_kinds: z.record(z.string(), count),
    /** Sequence numbers from 1 to the highest seen that no record carries. */
    sequence_missing: count.describe('Sequence numbers that no record carries: they never came'),
    first_at: instant,
    last_at: instant,
  })
  .meta({ id: 'InstanceAbout' })
export type InstanceAbout = z.infer<typeof instanceAboutSchema>

/** One record of an instance. */
export const timelineEntrySchema = z
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
  .meta({ id: 'TimelineEntry' })
export type TimelineEntry = z.infer<typeof timelineEntrySchema>

/** An instance and one page of its timeline. */
export const instanceAnswerSchema = z
  .object({
    id: z.string(),
    instance: orNull(instanceAboutSchema).describe('null when no record names it'),
    timeline: z.array(timelineEntrySchema).describe('Oldest first'),
    next_cursor: nextCursor,
    cost: questionCostSchema,
  })
  .meta({ id: 'InstanceAnswer' })
export type InstanceAnswer = z.infer<typeof instanceAnswerSchema>

const touchSchema = z.object({
  verb: z.string(),
  outcome: z.enum(outcomes).nullable(),
  grade: grade.describe('Of the claim that an instance of the tree did it'),
  acts: count,
  first_at: instant,
  last_at: instant,
})

/** The acts on a resource of one verb, outcome and grade. */
export type Touch = z.infer<typeof touchSchema>

/** A resource that was touched. */
export const touchedResourceSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    touches: z.array(touchSchema),
    /** Of the instances that touched it, at most 16. */
    instances: z.array(z.string()),
    /** Of the tools it was touched with, at most 16. */
    tools: z.array(z.string()),
    first_at: instant,
    last_at: instant,
  })
  .meta({ id: 'TouchedResource' })
export type TouchedResource = z.infer<typeof touchedResourceSchema>

/** Everything that an instance and its descendants touched. */
export const blastRadiusAnswerSchema = z
  .object({
    id: z.string(),
    instances: z
      .array(z.object({ id: z.string(), parent: z.string().nullable(), depth: count }))
      .describe('The instance and its descendants, nearest first'),
    resources: z.array(touchedResourceSchema).describe('Latest touched first'),
    /** Resources touched, those beyond `limit` included. */
    resources_total: count,
    /** Acts that name no resource. */
    acts_without_resource: count,
    truncated: z
      .object({ instances: z.boolean(), resources: z.boolean(), inherited: z.boolean() })
      .describe('What was left out because a bound was met'),
    cost: questionCostSchema,
  })
  .meta({ id: 'BlastRadiusAnswer' })
export type BlastRadiusAnswer = z.infer<typeof blastRadiusAnswerSchema>

/** One template and the values seen with its instances, from senders that may speak for it: of each list at most 100, in no order. */
export const templateEntrySchema = z
  .object({
    id: z.string(),
    names: z.array(z.string()),
    versions: z.array(z.string()),
    /** Instances that were seen. */
    instances_total: count,
    /** At most 20. */
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
  .meta({ id: 'TemplateEntry' })
export type TemplateEntry = z.infer<typeof templateEntrySchema>

/** One page of the templates at work in the time asked about, by ID. */
export const templatesAnswerSchema = z
  .object({
    templates: z.array(templateEntrySchema),
    next_cursor: nextCursor,
    cost: questionCostSchema,
  })
  .meta({ id: 'TemplatesAnswer' })
export type TemplatesAnswer = z.infer<typeof templatesAnswerSchema>
