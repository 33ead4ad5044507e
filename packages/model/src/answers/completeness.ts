import { z } from 'zod'
import { count, instant, orNull, questionCostSchema, spanRefText } from './cost-and-cursor.ts'

/** The verdicts on the record of an instance. */
const completenessVerdicts = ['complete', 'incomplete', 'unknown'] as const

/** The reasons why the record of an instance is not called complete. */
const completenessReasons = [
  'no_record',
  'not_numbered',
  'records_without_number',
  'numbers_missing',
  'numbers_repeated',
  'loss_reported',
  'not_as_sealed',
  'not_ended',
  'sender_not_bound',
  'unsealed',
  'truncated',
] as const

/** Numbers of a sequence that no record carries, from the first to the last of a run of them. */
export const missingNumbersSchema = z
  .object({
    from: count,
    to: count,
    after: orNull(spanRefText).describe(
      'The record with the number before; null when none has one',
    ),
    before: orNull(spanRefText).describe('The record with the number after'),
    earliest_at: orNull(instant).describe('When the record before began'),
    latest_at: orNull(instant).describe('When the record after began'),
  })
  .meta({ id: 'MissingNumbers' })
export type MissingNumbers = z.infer<typeof missingNumbersSchema>

/** Whether the record of an instance is whole over a time, and where it is not. */
export const completenessAnswerSchema = z
  .object({
    instance: z.string(),
    from: orNull(instant).describe('As asked; null from its first record on'),
    to: orNull(instant).describe('As asked; null to its end'),
    verdict: z
      .enum(completenessVerdicts)
      .describe(
        '`complete`: every number up to the end of the time has a sealed record of a sender that may speak for the instance, and the end is on record. `incomplete`: numbers are missing, or a sender reported a loss. `unknown`: nothing decides it',
      ),
    summary: z.string(),
    reasons: z.array(z.object({ code: z.enum(completenessReasons), text: z.string() })),
    /** The numbered records within the time. */
    records: count,
    records_without_number: count,
    first_number: orNull(count),
    last_number: orNull(count),
    missing: z.array(missingNumbersSchema).describe('Oldest first, at most 100'),
    missing_total: count,
    ended: orNull(spanRefText).describe('The record with which the run ended'),
    lost_batches: orNull(count).describe(
      'Batches that the launcher could not deliver; null where it says nothing',
    ),
    sealed: count.describe(
      'Records within the time that the newest checkpoint of their log covers',
    ),
    logs: z
      .array(
        z.object({
          log: z.string(),
          first_index: count,
          last_index: count,
          size: count.describe(
            'Records that the newest checkpoint covers; 0 where this service has no such tree',
          ),
        }),
      )
      .describe('Where the records stand'),
    cost: questionCostSchema,
  })
  .meta({ id: 'CompletenessAnswer' })
export type CompletenessAnswer = z.infer<typeof completenessAnswerSchema>
