import { z } from 'zod'
import { instant, spanRefText } from './cost-and-cursor.ts'

/** The objects that can be stopped. */
const kinds = ['instance', 'delegation', 'task', 'credential', 'template', 'agents_of'] as const

/** One character that is no white space, as `String.trim` has it: `\s` is another set in other languages. */
const notBlank = String.raw`[^\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]`

/** The object of a revocation. */
export const revocationTargetSchema = z
  .strictObject({
    kind: z
      .enum(kinds)
      .describe(
        '`agents_of`: every agent that acts for this person, and never the person. `task`: all agents of one correlation ID',
      ),
    id: z
      .string()
      .meta({ minLength: 1, maxLength: 2_048, pattern: notBlank })
      .describe('The ID, without its kind'),
  })
  .meta({ id: 'RevocationTarget' })

/** The steps of stopping. */
export const revocationActionSchema = z
  .enum(['revoke', 'pause', 'resume'])
  .describe('`revoke` is final. `resume` ends a pause')

/** A revocation that is in force. */
export const revocationSchema = z
  .object({
    seq: z.number().describe('Counts up by one from 1, without a hole, for each tenant'),
    id: z.string(),
    action: revocationActionSchema,
    target: revocationTargetSchema,
    cascade: z.boolean().describe('Whether the agents that the target started are stopped with it'),
    cause: z.string(),
    initiator: z.string().describe('The name of the token that asked'),
    at: instant.describe('When it was in force'),
    record: spanRefText.describe('Its record in the ledger'),
  })
  .meta({ id: 'Revocation' })

/** A page of revocations, oldest first. */
export const revocationsSchema = z
  .object({
    revocations: z.array(revocationSchema),
    newest_seq: z.number().describe('The number of the newest one; 0 where there is none'),
  })
  .meta({ id: 'Revocations' })
