import { z } from 'zod'

/** The result of an erasure or a pruning. */
export const retentionOutcomeSchema = z
  .object({
    record: z.string().describe('The act’s record in the ledger, `<trace>-<span>`'),
    keys: z.number().describe('Keys destroyed'),
    done: z
      .boolean()
      .describe('Whether the rows are gone too; else that is tried again until it is done'),
  })
  .meta({ id: 'CustodyOutcome' })

/** A legal hold. */
export const legalHoldSchema = z
  .object({
    case_id: z.string(),
    tenant: z.string(),
    subject: z.string().describe('A handle; "" holds everything'),
    reason: z.string(),
    placed_by: z.string(),
    placed_at: z.string(),
  })
  .meta({ id: 'Hold' })

/** Legal holds. */
export const legalHoldsSchema = z.object({ holds: z.array(legalHoldSchema) })
