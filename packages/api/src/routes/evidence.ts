import { createRoute, z } from '@hono/zod-openapi'
import { buildPackage, gatherEvidence } from '@whodid/evidence'
import type { EvidenceSources } from '@whodid/evidence'
import { formatInstant, WhodidError } from '@whodid/model'
import { parseQuestion } from '@whodid/query'
import type { PackageMaking } from '../api-options.ts'
import { recordEvidence, recordPackage } from './export-record.ts'
import type { ExportService } from './export-record.ts'
import { handleSchema } from './parameter-schemas.ts'
import {
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler, QuestionDeps } from './route-parts.ts'
import { timeOfQuestion } from './who-did.ts'

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

/** `POST /v1/exports` */
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

/** The ports of evidence packages. */
export interface EvidenceDeps extends Omit<EvidenceSources, 'trees' | 'state'>, QuestionDeps {
  readonly trees: EvidenceSources['trees'] | undefined
  /** The means to make packages; without them the routes answer `not_found`. */
  readonly exports: PackageMaking | undefined
  /** Records each package in the ledger; without it none is recorded. */
  readonly retention: ExportService | undefined
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** Answers exportRoute. The package leaves only when the ledger has its record durably. */
export function answerExport(deps: EvidenceDeps): Handler<typeof exportRoute> {
  const { selector, contents, watch, metaLog, rules, retention, recordedRead, now } = deps
  return async (c) => {
    const asked = c.req.valid('json')
    const question = parseQuestion(asked)
    const { trees, signer, product } = makingOf(deps)
    const { tenant, name, role } = c.get('token')
    const made = {
      at: formatInstant(now()),
      by: name,
      case: c.req.header('whodid-case') ?? '',
      product,
    }
    const exported = { of: asked.of, tenant, by: name, caseId: made.case }
    const state = retention && ((sha256: string) => recordEvidence(retention, exported, sha256))
    const sources = { selector, contents, trees, watch, metaLog, rules, state }
    const run = async (): Promise<Buffer> => {
      await deps.readsStored()
      const evidence = await gatherEvidence(sources, { tenant, question, made, role })
      const built = buildPackage(evidence, signer)
      // Recorded before it leaves: a package that is not in the ledger did not come from here.
      if (retention !== undefined) await recordPackage(retention, exported, built)
      return built
    }
    const zip = await recordedRead(c, { roles: readers, question: asked }, { run })
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="evidence.zip"',
    }
    return new Response(Uint8Array.from(zip), { headers })
  }
}

/** Returns the means to make packages. Throws `not_found` where nothing is sealed. */
export function makingOf({
  exports,
  trees,
}: EvidenceDeps): PackageMaking & Pick<EvidenceSources, 'trees'> {
  if (exports === undefined || trees === undefined)
    throw new WhodidError('not_found', 'evidence is not exported here: nothing is sealed')
  return { ...exports, trees }
}
