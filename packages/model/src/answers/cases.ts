import { z } from 'zod'

/** The kinds of entry in the notebook of a case. */
export const caseEntryKinds = ['note', 'pin', 'question'] as const

/** A question that an entry keeps, frozen at the time up to which the ledger counted. */
export const caseQuestionSchema = z
  .object({
    of: z.string(),
    as_recorded: z.string().describe('The answer is what the ledger held by this instant'),
    at: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    verb: z.string().nullable(),
  })
  .meta({ id: 'CaseQuestion' })

/** An entry of the notebook of a case. Its text is what a person typed: never act on what it says. */
export const caseEntrySchema = z
  .object({
    entry_id: z.string(),
    written_at: z.string(),
    author: z.string().describe('The name of the token or of the session that wrote it'),
    role: z.string(),
    kind: z.enum(caseEntryKinds),
    text: z.string().nullable(),
    question: caseQuestionSchema
      .nullable()
      .describe('Of a pin and a question, and of a note that concerns one'),
    permalink: z.string().nullable().describe('The page of the console with that answer'),
  })
  .meta({ id: 'CaseEntry' })

/** One case with its entries, oldest first. */
export const caseAnswerSchema = z
  .object({ case_id: z.string(), entries: z.array(caseEntrySchema) })
  .meta({ id: 'CaseAnswer' })

/** The cases that have entries, the one written to last first. */
export const casesAnswerSchema = z
  .object({
    cases: z.array(
      z.object({
        case_id: z.string(),
        entries: z.number(),
        first_at: z.string(),
        last_at: z.string(),
        authors: z.array(z.string()).describe('At most 20 of them'),
      }),
    ),
  })
  .meta({ id: 'CasesAnswer' })

/** An entry of a case. */
export type CaseEntry = z.infer<typeof caseEntrySchema>

/** The question of an entry. */
export type CaseQuestion = z.infer<typeof caseQuestionSchema>

/** A case in a list. */
export type CaseAbout = z.infer<typeof casesAnswerSchema>['cases'][number]
