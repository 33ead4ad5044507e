import { z } from 'zod'
import { questionCostSchema } from './cost-and-cursor.ts'

const instant = z.string().describe('RFC 3339, UTC')
const name = z.string().nullable()

/** An act on record that an event may be. */
const recordSchema = z
  .object({
    act: z.string().describe('The action’s ID, else its span'),
    span: z.string().nullable().describe('Its first record, `<trace>-<span>`'),
    verdict: z.enum(['agent', 'human', 'service', 'undetermined']),
    template: name,
    instance: name,
    delegator: name,
    verb: name,
    resource: name,
    outcome: name,
    started_at: instant,
  })
  .meta({ id: 'GhostRecord' })

/** An event of another system's log, and what the ledger says of it. */
const ghostEventSchema = z
  .object({
    span: z.string().describe('The event’s record, `<trace>-<span>`'),
    at: instant,
    system: z.string(),
    operation: z.string(),
    verb: name,
    outcome: name,
    resource: name,
    person: name.describe('The account under whose authority it was done'),
    principal: name.describe('The account that acted, where it is none of a person’s'),
    credential: name,
    marks: z
      .array(z.object({ by: z.enum(['system', 'client']), field: z.string(), value: z.string() }))
      .describe('Signs of an agent; `client`: any client can write them'),
    result: z.enum(['confirmed', 'contradicted', 'agent_unrecorded', 'human', 'undetermined']),
    reason: z.string().describe('A stable code'),
    rule: z.string().nullable().describe('The rule that joined it with the records'),
    agent: name.describe('An instance, a template, or the name in a mark'),
    records: z.array(recordSchema),
    records_total: z.number(),
  })
  .meta({ id: 'GhostEvent' })

const groupSchema = z
  .object({
    name: z.string(),
    borrowed: z.number(),
    unexplained: z.number(),
    unconfirmed: z.number(),
  })
  .meta({ id: 'GhostGroup' })

/** The answer of `GET /v1/ghosts`. */
export const ghostsAnswerSchema = z
  .object({
    from: instant,
    to: instant,
    counts: z
      .object({
        events: z.number(),
        confirmed: z.number(),
        contradicted: z.number(),
        agent_unrecorded: z.number(),
        human: z.number(),
        undetermined: z.number(),
        acts_confirmed: z.number(),
        acts_not_seen_downstream: z.number(),
      })
      .describe('Of the whole period, also where a list below is cut'),
    borrowed: z
      .array(ghostEventSchema)
      .describe('Acts under a person’s name that were an agent’s, oldest first'),
    agents: z
      .array(ghostEventSchema)
      .describe(
        'Acts that were an agent’s under an account that is no person’s, its own or a shared one',
      ),
    contradicted: z.array(ghostEventSchema).describe('The log and the record differ'),
    unexplained: z.array(ghostEventSchema).describe('Acts that no record explains'),
    open: z.array(ghostEventSchema).describe('Acts that several records may be, or one of nobody'),
    unconfirmed: z
      .array(recordSchema)
      .describe('Acts on record that a log which declares its coverage does not have'),
    by: z.object({
      person: z.array(groupSchema),
      agent: z.array(groupSchema),
      credential: z.array(groupSchema),
      system: z.array(groupSchema),
    }),
    incidents: z.array(
      z.object({
        agent: z.string(),
        person: name,
        credential: name,
        system: z.string(),
        acts: z.number(),
        first_at: instant,
        last_at: instant,
        attributed_at: instant.describe('When the ledger first held what lays an act to the agent'),
        dwell_seconds: z.number(),
      }),
    ),
    dwell: z.array(
      z.object({ day: z.string(), incidents: z.number(), median_seconds: z.number() }),
    ),
    coverages: z.array(
      z.object({
        span: z.string(),
        system: z.string(),
        resources: z.array(z.string()),
        verbs: z.array(z.string()),
        from: instant,
        to: instant,
        sampling: z.number(),
        delay_seconds: z.number(),
        clock_error_seconds: z.number(),
      }),
    ),
    cost: questionCostSchema,
  })
  .meta({ id: 'Ghosts' })

/** See the schema. */
export type GhostsAnswer = z.infer<typeof ghostsAnswerSchema>
