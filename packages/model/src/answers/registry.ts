import { z } from 'zod'
import { instant, nextCursor, questionCostSchema, spanRefText } from './cost-and-cursor.ts'

/** The file of a template's prompt, and the hash of its content. */
const promptSchema = z.object({
  file: z.string().describe('Path or URL of the file'),
  hash: z.string().describe('sha256:<hex> of its content'),
})

/** A version of a template in the registry: what its instances may do at most. What is null is not stated. */
export const registrationSchema = z
  .object({
    template: z.string(),
    owner: z.string().describe('The person or team that answers for it'),
    justification: z.string().describe('Why it is needed'),
    expires_at: instant.describe('From then on nothing is allowed by it'),
    scopes: z
      .array(z.string())
      .nullable()
      .describe('The ceiling: the most that an instance may have'),
    audiences: z
      .array(z.string())
      .nullable()
      .describe('The resource servers that a delegated token may be for'),
    tools: z.array(z.string()).nullable().describe('A name, or its beginning with `*` behind it'),
    resources: z
      .array(z.string())
      .nullable()
      .describe('An ID, or its beginning with `*` behind it'),
    prompt: promptSchema.nullable(),
    recorded_at: instant.describe('By the clock of the ledger'),
    recorded_by: z.string().describe('The name of the token that asked'),
    digest: z.string().describe('sha256:<hex> of the version as it was recorded'),
    record: spanRefText.describe('Its record in the ledger'),
  })
  .meta({ id: 'Registration' })
export type Registration = z.infer<typeof registrationSchema>

/** A version, and if it holds at the time asked about. */
const listedRegistrationSchema = z
  .object({
    ...registrationSchema.shape,
    in_force: z
      .boolean()
      .describe(
        'Whether it is the newest of its template that was recorded by then, and not expired',
      ),
  })
  .meta({ id: 'ListedRegistration' })

/** A page of the registry. */
export const registryAnswerSchema = z
  .object({
    registrations: z.array(listedRegistrationSchema),
    next_cursor: nextCursor,
    cost: questionCostSchema,
  })
  .meta({ id: 'RegistryAnswer' })
export type RegistryAnswer = z.infer<typeof registryAnswerSchema>
