import { z } from 'zod'

/** The newest reads of the ledger, newest first, each with its reader and question. */
export const accessLogAnswerSchema = z.object({
  reads: z.array(
    z.object({
      read_at: z.string(),
      request_id: z.string(),
      reader: z.string(),
      role: z.string(),
      route: z.string(),
      question: z.string().describe('The parameters that were asked, as JSON'),
      case_id: z.string().nullable(),
      remote_address: z.string().nullable(),
      user_agent: z.string().nullable(),
    }),
  ),
})

/** One read of the ledger. */
export type RecordedRead = z.infer<typeof accessLogAnswerSchema>['reads'][number]
