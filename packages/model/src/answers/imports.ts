import { z } from 'zod'

/** The result of an import. */
export const importAnswerSchema = z
  .object({
    taken: z.number().describe('Events that are records now, or were already'),
    passed_over: z.number().describe('Events that are no acts'),
    refused: z.number().describe('Events that could not be read'),
    refusals: z
      .array(z.object({ event: z.number(), why: z.string() }))
      .describe('The first of those, by their place in the request, counted from 1'),
    coverage: z
      .string()
      .nullable()
      .describe(
        'The record of the declared coverage, `<trace>-<span>`; null when none was declared',
      ),
  })
  .meta({ id: 'Import' })
