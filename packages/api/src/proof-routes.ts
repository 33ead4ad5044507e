import { createRoute, z } from '@hono/zod-openapi'
import { assurances, integrityCheckSchema } from '@whodid/model'
import { checkpointsMax } from '@whodid/query'
import { idSchema } from './parameter-schemas.ts'
import {
  caseHeader,
  everyRead,
  everyRoute,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'

const base64 = z.string().describe('base64')
const note = z.string().describe('The signed note of a checkpoint (C2SP tlog-checkpoint)')

const includedSchema = z.object({
  state: z.literal('included'),
  log: z.string().describe('The meta-log'),
  index: z.int().describe('The entry’s place in it'),
  entry: note.describe('The entry: the log’s checkpoint as the meta-log took it'),
  record_proof: z.array(base64).describe('From the record to the root of `entry`'),
  proof: z.array(base64).describe('From the entry to the root of `checkpoint`'),
  checkpoint: note.describe('The meta-log’s checkpoint, with cosignatures where it has some'),
  tlog_proof: z.string(),
})

const notIncludedSchema = z.object({
  state: z
    .enum(['pending', 'unreachable', 'failed'])
    .describe(
      '`pending`: a second or so after sealing; `failed`: what the meta-log serves does not hold',
    ),
  why: z.string(),
})

export const proofRoute = createRoute({
  method: 'get',
  path: '/v1/actions/{id}/proof',
  operationId: 'proveAction',
  summary: 'The proof that a record is what was sealed',
  description:
    'Hash `entry` with a zero byte in front of it, climb `proof` to the root of `checkpoint`, check its signature by the key you hold. `tlog_proof` is the same as text, for tools of c2sp.org/tlog-proof@v1. With a meta-log, `meta_log` leads on to its root: hash `entry` likewise and climb its `proof`. The read itself is recorded.',
  security,
  request: {
    headers: caseHeader,
    params: z.object({
      id: idSchema('action').describe('The action’s ID, percent-encoded, or `<trace>-<span>`'),
    }),
  },
  responses: {
    200: {
      description: 'The proof',
      content: {
        'application/json': {
          schema: z.object({
            span: z.string(),
            log: z.string(),
            index: z.int(),
            entry: base64,
            leaf: base64,
            proof: z.array(base64),
            checkpoint: note,
            tlog_proof: z.string(),
            meta_log: z
              .union([includedSchema, notIncludedSchema, z.null()])
              .describe('How the log stands in the meta-log; null where none is set'),
          }),
        },
      },
    },
    ...problems(...everyRead, 'not_found', 'not_sealed', 'seal_failed', 'invalid_handle'),
  },
})

export const checkpointsRoute = createRoute({
  method: 'get',
  path: '/v1/checkpoints',
  operationId: 'listCheckpoints',
  summary: 'The checkpoints of a log, each proved to continue the one before',
  description: `For whoever holds an earlier one: at most ${checkpointsMax}, smallest first; ask again from the last size plus one. They hold sizes and hashes and no record, so this read is not recorded.`,
  security,
  request: {
    query: z.object({
      from: z
        .string()
        .min(1)
        .meta({ pattern: '^[0-9]{1,15}$' })
        .optional()
        .describe('Checkpoints of this many leaves and more; default 0'),
      log: z.string().min(1).optional().describe('The log’s name; needed where there are several'),
    }),
  },
  responses: {
    200: {
      description: 'The checkpoints',
      content: {
        'application/json': {
          schema: z.object({
            log: z.string(),
            checkpoints: z.array(
              z.object({ size: z.int(), checkpoint: note, consistency: z.array(base64) }),
            ),
          }),
        },
      },
    },
    ...problems(...everyRoute, 'unauthenticated', 'too_many_requests', 'not_found'),
  },
})

export const integrityRoute = createRoute({
  method: 'get',
  path: '/v1/integrity',
  operationId: 'getIntegrity',
  summary: 'How the ledger stands, by the service’s own check',
  description:
    'The service verifies its ledger by itself, part by part, and asks its witnesses. It is the service that says so: whoever owns its machine can have it say anything, so run `whodid verify` elsewhere too. It holds sizes and findings and no record, so this read is not recorded.',
  security,
  responses: {
    200: {
      description: 'The last check, null where none runs, and the logs it looked at',
      content: {
        'application/json': {
          schema: z.object({
            check: z.union([integrityCheckSchema, z.null()]),
            logs: z.array(
              z.object({
                log: z.string(),
                size: z.int(),
                assurance: z.enum(assurances),
                assured: z.int().describe('Records that enough witnesses stand behind'),
              }),
            ),
          }),
        },
      },
    },
    ...problems(...everyRoute, 'unauthenticated', 'too_many_requests'),
  },
})
