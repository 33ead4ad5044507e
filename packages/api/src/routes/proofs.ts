import { createRoute, z } from '@hono/zod-openapi'
import { printableLine, WhodidError } from '@whodid/model'
import {
  actionProofSchema,
  checkpointsAnswerSchema,
  integrityAnswerSchema,
} from '@whodid/model/answers'
import { checkpointsMax, listCheckpoints, proveAction } from '@whodid/query'
import { describeMonitor } from '@whodid/verify'
import type { CheckpointLogEndpoint, IntegrityMonitor } from '@whodid/verify'
import type { LogTrees } from '@whodid/tlog-posix'
import { idSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyRead,
  everyRoute,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'

/** `GET /v1/actions/{id}/proof` */
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
    ...answered('The proof', actionProofSchema),
    ...problems(...everyRead, 'not_found', 'not_sealed', 'seal_failed', 'invalid_handle'),
  },
})

/** The ports of proofs. */
export interface ProofDeps extends QuestionDeps {
  readonly trees: LogTrees | undefined
  readonly metaLog: CheckpointLogEndpoint | undefined
}

/** Answers proofRoute. */
export function answerProof({
  selector,
  trees,
  metaLog,
  recordedRead,
}: ProofDeps): Handler<typeof proofRoute> {
  return async (c) => {
    const { id } = c.req.valid('param')
    const { tenant } = c.get('token')
    const run = () => proveAction({ selector, trees, metaLog }, tenant, id)
    return c.json(await recordedRead(c, { roles: readers, question: { id } }, { run }), 200)
  }
}

/** `GET /v1/checkpoints` */
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
    ...answered('The checkpoints', checkpointsAnswerSchema),
    ...problems(...everyRoute, 'unauthenticated', 'too_many_requests', 'not_found'),
  },
})

/** Answers checkpointsRoute. */
export function answerCheckpoints(trees: LogTrees | undefined): Handler<typeof checkpointsRoute> {
  return async (c) => {
    const { from = '0', log } = c.req.valid('query')
    if (!/^\d{1,15}$/u.test(from))
      throw new WhodidError(
        'invalid_parameter',
        `"from" expected a whole number; got "${printableLine(from, 40)}"`,
      )
    if (trees === undefined) throw new WhodidError('not_found', 'no log is sealed here')
    return c.json(await listCheckpoints(trees, { name: log, from: Number(from) }), 200)
  }
}

/** `GET /v1/integrity` */
export const integrityRoute = createRoute({
  method: 'get',
  path: '/v1/integrity',
  operationId: 'getIntegrity',
  summary: 'How the ledger stands, by the service’s own check',
  description:
    'The service verifies its ledger by itself, part by part, and asks its witnesses. It is the service that says so: whoever owns its machine can have it say anything, so run `whodid verify` elsewhere too. It holds sizes and findings and no record, so this read is not recorded.',
  security,
  responses: {
    ...answered(
      'The last check, null where none runs, and the logs it looked at',
      integrityAnswerSchema,
    ),
    ...problems(...everyRoute, 'unauthenticated', 'too_many_requests'),
  },
})

/** Answers integrityRoute. */
export function answerIntegrity(
  watch: IntegrityMonitor | undefined,
): Handler<typeof integrityRoute> {
  return (c) => {
    const state = watch?.state()
    if (state === undefined) return c.json({ check: null, logs: [] }, 200)
    const logs = [...state.logs].map(([log, { size, assurance, assuredSize }]) => {
      return { log, size, assurance, assured: assurance === 'local' ? 0 : assuredSize }
    })
    return c.json({ check: describeMonitor(state), logs }, 200)
  }
}
