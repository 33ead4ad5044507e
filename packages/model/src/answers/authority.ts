import { z } from 'zod'
import { approvalDecisions } from '../attributes.ts'
import {
  count,
  grade,
  instant,
  nextCursor,
  orNull,
  questionCostSchema,
  spanRefText,
} from './cost-and-cursor.ts'

/** The file of a template's prompt, and the hash of its content. */
const promptSchema = z.object({
  file: z.string().describe('Path or URL of the file'),
  hash: z.string().describe('sha256:<hex> of its content'),
})

/** A version of a template in the registry: what its instances may do at most. A member that is null is not stated. */
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

const coded = z.object({ code: z.string(), text: z.string(), span: spanRefText.nullable() })

const scopes = z
  .array(z.string())
  .nullable()
  .describe('Null where nothing on record states them: unknown, and not all')

const delegatorSchema = z.object({
  id: z.string(),
  type: z.string().nullable(),
  issuer: z.string().nullable(),
})

const delegationSchema = z.object({
  id: z.string().nullable(),
  parent_id: z.string().nullable(),
  delegator: orNull(delegatorSchema),
  issuer: z.string().nullable(),
  audience: z.string().nullable(),
  expires_at: z.string().nullable().describe('As the record states it'),
  expired: z.boolean().describe('Whether it had ended by then'),
  scopes,
  chain: z.array(z.string()),
  received_at: instant.describe('When the ledger first had it'),
  span: spanRefText.describe('The first record that states it'),
  grade,
})

const approvalSchema = z.object({
  decision: z.enum(approvalDecisions),
  tool: z.string().nullable(),
  resource: z.string().nullable(),
  action: z.string().nullable(),
  approver: z.string().nullable(),
  source: z.string().nullable(),
  policy: z.string().nullable(),
  reason: z.string().nullable(),
  received_at: instant,
  span: spanRefText,
  grade,
})

const credentialSchema = z.object({
  id: z.string(),
  type: z.string().nullable(),
  issuer: z.string().nullable(),
  subject: z.string().nullable(),
  borrowed: z.boolean(),
  scopes,
  expires_at: z.string().nullable().describe('As the record states it'),
  expired: z.boolean().describe('Whether it had ended by then'),
  received_at: instant.describe('When the ledger first had it'),
  span: spanRefText.describe('The first record that names it'),
  grade,
})

const stopSchema = z.object({
  state: z.enum(['revoked', 'paused']),
  target: z.object({ kind: z.string(), id: z.string() }),
  cause: z.string(),
  initiator: z.string(),
  since: instant,
  record: spanRefText,
})

const scopeSidesSchema = z
  .object({
    human: scopes.describe('The person’s own. Nothing on record states them'),
    template: scopes.describe('The ceiling of the registry'),
    task: scopes.describe('Those of the task. Nothing on record states them'),
    grant: scopes.describe('Those of the delegations that had not ended'),
    parents: z
      .array(z.object({ instance: z.string(), scopes }))
      .describe('Those of the instances above it, the nearest first'),
    at_most: scopes.describe(
      'What all sides that state anything have in common: no more than this, and perhaps less',
    ),
    unknown: z.array(z.string()).describe('The sides that state nothing'),
  })
  .describe('The scopes down the chain')

const proofSchema = z.object({
  state: z.enum(['sealed', 'pending', 'failed']).describe('Of the weakest of the records'),
  checkpoint: z
    .string()
    .nullable()
    .describe('The note of the checkpoint that covers the registration, else the first record'),
  records: z.array(
    z.object({
      span: spanRefText,
      log: z.string(),
      index: count.describe('Its leaf in the tree of the log'),
      state: z.enum(['sealed', 'pending', 'failed']),
    }),
  ),
  findings: z.array(z.object({ span: spanRefText, text: z.string() })),
})

/** The states of an instance's authority. */
const authorityStates = [
  'active',
  'expired',
  'revoked',
  'paused',
  'unregistered',
  'unknown',
] as const

/** The authority of an instance at an instant, and its reasons. */
export const authorityAnswerSchema = z
  .object({
    question: z.object({
      instance: z.string(),
      at: instant,
      tool: z.string().nullable(),
      resource: z.string().nullable(),
    }),
    state: z.enum(authorityStates),
    summary: z.string(),
    reasons: z.array(coded).describe('What the state rests on'),
    decision: orNull(
      z.object({
        answer: z.enum(['allowed', 'not_allowed', 'unknown']),
        rule: z.string(),
        text: z.string(),
        grade: grade.describe('Of the claim that the instance is of the template'),
      }),
    ).describe('On the tool and the resource that were asked about; null where none was'),
    instance: orNull(
      z.object({
        id: z.string(),
        parent_id: z.string().nullable(),
        received_at: instant.describe('When the ledger first had a record of it'),
        grade,
      }),
    ).describe('Null where no record had been received by then'),
    template: orNull(z.object({ id: z.string(), grade })),
    registration: orNull(registrationSchema).describe(
      'The newest version of the template that was recorded by then, expired or not',
    ),
    delegations: z.array(delegationSchema).describe('The newest first'),
    scopes: scopeSidesSchema,
    approvals: z.array(approvalSchema).describe('Given and denied by then, the newest first'),
    stops: z.array(stopSchema).describe('The orders in force'),
    credentials: z.array(credentialSchema).describe('Those that it used by then, the newest first'),
    unknowns: z.array(coded).describe('What is not on record, or not decided'),
    integrity: proofSchema,
    cost: questionCostSchema,
  })
  .meta({ id: 'AuthorityAnswer' })
export type AuthorityAnswer = z.infer<typeof authorityAnswerSchema>
