import { z } from 'zod'
import { assurances, checkStates } from './verdict-words.ts'

const instant = z.string().describe('RFC 3339, UTC')

/** A loss of records that somebody has accepted, on record. What stood at these places nobody can tell. */
const acceptedLossSchema = z.object({
  log: z.string(),
  from: z.int(),
  to: z.int().describe('The first place that is not lost'),
  accepted_by: z.string().describe('Who answers for it, as the request said'),
  requested_by: z.string().describe('The name of the token that asked'),
  accepted_at: instant,
  reason: z.string(),
  record: z.string().describe('<trace id>-<span id> of the record'),
})

/** The answer of `POST /v1/losses`. */
export const lossAcceptedSchema = acceptedLossSchema.pick({
  log: true,
  from: true,
  to: true,
  accepted_by: true,
  reason: true,
  record: true,
})
export type LossAccepted = z.infer<typeof lossAcceptedSchema>

/** The last result of the service's check of its own ledger. */
export const integrityCheckSchema = z.object({
  state: z.enum(checkStates),
  /** The time at which a part of the ledger was last verified. */
  checked_at: instant.nullable(),
  /** The time since which every row was verified at least once; null while the first round goes on. */
  whole_since: instant.nullable(),
  /** The time since which every text was opened at least once and held against its record's commitment; null while the first round goes on. */
  texts_whole_since: instant.nullable(),
  /** Parts that are not as they were sealed, or not as fresh as they should be, by the codes of `whodid verify`; the first ones. */
  findings: z.array(z.object({ code: z.string(), log: z.string(), text: z.string() })),
  /** Losses that were accepted; the first ones. The ledger is not whole, whatever else the check says. */
  accepted_losses: z.array(acceptedLossSchema),
})
export type IntegrityCheck = z.infer<typeof integrityCheckSchema>

/** The proof that the records an answer quotes are those that were sealed. */
export const integritySchema = z.object({
  state: z.enum(['sealed', 'pending', 'failed']),
  /** Of the weakest of the records that the answer quotes; null while not all are sealed. */
  assurance: z.enum(assurances).nullable(),
  log: z.string().nullable(),
  index: z.int().nullable(),
  /** The checkpoint's note, which anyone may keep: later trees must continue it. */
  checkpoint: z.string().nullable(),
  proof: z.string().nullable(),
  /** The records, of those the answer quotes, that differ from the sealed ones, each with the reason. */
  findings: z.array(
    z.object({
      span: z.string().describe('<trace id>-<span id>, lower-case hex'),
      text: z.string(),
    }),
  ),
  /** The service's own verification of the whole ledger; null where nothing verifies it. */
  check: z.union([integrityCheckSchema, z.null()]),
})
export type Integrity = z.infer<typeof integritySchema>

/** The state of the ledger by the service's own check: the answer of `GET /v1/integrity`. */
export const integrityAnswerSchema = z.object({
  check: z.union([integrityCheckSchema, z.null()]),
  logs: z.array(
    z.object({
      log: z.string(),
      size: z.int(),
      assurance: z.enum(assurances),
      assured: z.int().describe('Records that enough witnesses stand behind'),
    }),
  ),
})
