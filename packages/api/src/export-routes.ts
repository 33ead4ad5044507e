import { createRoute, z } from '@hono/zod-openapi'
import { handleSchema } from './parameter-schemas.ts'
import { timeOfQuestion } from './route-definitions.ts'
import {
  caseHeader,
  everyBody,
  everyRead,
  problems,
  tokenSecurity as security,
} from './route-parts.ts'

const { at, as_recorded, from, to, verb } = timeOfQuestion

const bodySchema = z
  .strictObject({
    of: handleSchema.describe('A handle, as `/v1/who-did` takes it'),
    at,
    as_recorded,
    from,
    to,
    verb,
  })
  .openapi('ExportRequest')

const trustSchema = z
  .object({
    logs: z.array(z.object({ vkey: z.string(), from_size: z.int(), to_size: z.int().nullable() })),
    witnesses: z.array(z.string()),
    quorum: z.int(),
    exporters: z.array(z.string()),
    meta_logs: z
      .array(z.string())
      .describe('Keys of meta-logs (`WHODID_META_KEY`), under one of which each log must be'),
    statements: z
      .boolean()
      .describe(
        'Whether each package holds the ledger’s own record of what its answer was decided from; one without it is then refused',
      ),
  })
  .openapi('Trust')

export const exportRoute = createRoute({
  method: 'post',
  path: '/v1/exports',
  operationId: 'exportEvidence',
  summary: 'An evidence package',
  description:
    'A zip of the answer with every record of the traces it quotes, their proofs, the texts that are still there, who looked at it, and `verify.mjs`, which checks all of it offline. The export is recorded in the ledger itself, sealed like any record (`resource:whodid:export:<SHA-256 of the zip>`), and among the reads, under the case of the header.',
  security,
  request: {
    headers: caseHeader,
    body: { required: true, content: { 'application/json': { schema: bodySchema } } },
  },
  responses: {
    200: {
      description: 'The package',
      content: { 'application/zip': { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...problems(
      ...everyRead,
      'invalid_handle',
      'invalid_time',
      ...everyBody,
      'not_sealed',
      'log_full',
      'log_failed',
      'not_found',
    ),
  },
})

export const trustRoute = createRoute({
  method: 'get',
  path: '/v1/trust',
  operationId: 'trust',
  summary: 'The keys that packages are checked with',
  description:
    'What `verify.mjs` takes as `--trust`. Hand it over by another way than the package, or whoever can alter one can alter both.',
  security,
  request: { headers: caseHeader },
  responses: {
    200: { description: 'Public keys', content: { 'application/json': { schema: trustSchema } } },
    ...problems(...everyRead, 'not_found'),
  },
})

/** The routes of evidence packages. */
export const exportRoutes = [exportRoute, trustRoute] as const
