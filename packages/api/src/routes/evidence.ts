import { createHash } from 'node:crypto'
import { createRoute, z } from '@hono/zod-openapi'
import type { Custodian, CustodyRequest } from '@whodid/content'
import { buildPackage, gatherEvidence } from '@whodid/evidence'
import type { EvidenceSources } from '@whodid/evidence'
import { formatInstant, printableLine, WhodidError } from '@whodid/model'
import type { Trust } from '@whodid/model'
import { trustSchema } from '@whodid/model/answers'
import { parseQuestion } from '@whodid/query'
import type { LogTrees } from '@whodid/store'
import type { KeyEpoch } from '@whodid/tlog'
import type { PackageMaking } from '../api-options.ts'
import type { RecordedRead } from '../middleware/recorded-read.ts'
import { handleSchema } from './parameter-schemas.ts'
import {
  answered,
  caseHeader,
  everyBody,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'
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

/** `GET /v1/trust` */
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
    ...answered('Public keys', trustSchema),
    ...problems(...everyRead, 'not_found'),
  },
})

/** The ports of evidence packages. */
export interface EvidenceDeps extends Omit<EvidenceSources, 'trees' | 'state'> {
  readonly trees: LogTrees | undefined
  /** The means to make packages; without them the routes answer `not_found`. */
  readonly exports: PackageMaking | undefined
  /** Records each package in the ledger; without it none is recorded. */
  readonly retention: Pick<Custodian, 'exported'> | undefined
  readonly recordedRead: RecordedRead
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
    const state = retention && stateWith(retention, exported)
    const sources = { selector, contents, trees, watch, metaLog, rules, state }
    const run = async (): Promise<Buffer> => {
      const evidence = await gatherEvidence(sources, { tenant, question, made, role })
      const built = buildPackage(evidence, signer)
      // Recorded before it leaves: a package that is not in the ledger did not come from here.
      const sha256 = createHash('sha256').update(built).digest('hex')
      await retention?.exported({ of: shown(asked.of), sha256 }, requestOf(exported))
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

/** Answers trustRoute: the public keys of all logs here, of the witnesses that are asked, and of the signer of packages. No secret. */
export function answerTrust(deps: EvidenceDeps): Handler<typeof trustRoute> {
  const { metaLog, retention, recordedRead } = deps
  return async (c) => {
    const { trees, signer, witnesses } = makingOf(deps)
    const run = async (): Promise<Trust> => ({
      logs: (await trees.all()).flatMap(({ epochs }) => epochs.map(trustedKey)),
      witnesses: [...witnesses],
      quorum: Math.min(1, witnesses.length),
      exporters: [signer.verifier.vkey],
      meta_logs: metaLog?.key === undefined ? [] : [metaLog.key.vkey],
      statements: retention !== undefined,
    })
    return c.json(await recordedRead(c, { roles: readers, question: {} }, { run }), 200)
  }
}

function trustedKey({ vkey, fromSize, toSize }: KeyEpoch): Trust['logs'][number] {
  return { vkey, from_size: fromSize, to_size: toSize }
}

/** Throws `not_found` where nothing is sealed. */
function makingOf({ exports, trees }: EvidenceDeps): PackageMaking & { readonly trees: LogTrees } {
  if (exports === undefined || trees === undefined)
    throw new WhodidError('not_found', 'evidence is not exported here: nothing is sealed')
  return { ...exports, trees }
}

/** Records the digest of the evidence of an answer. */
function stateWith(
  retention: Pick<Custodian, 'exported'>,
  exported: ExportRequest,
): (sha256: string) => Promise<string> {
  return (sha256) =>
    retention.exported({ of: shown(exported.of), sha256, kind: 'evidence' }, requestOf(exported))
}

interface ExportRequest {
  readonly of: string
  readonly tenant: string
  readonly by: string
  readonly caseId: string
}

/** Characters of the handle that the record keeps. */
const handleShownMax = 500

function shown(of: string): string {
  return printableLine(of, handleShownMax)
}

function requestOf({ tenant, by, caseId }: ExportRequest): CustodyRequest {
  return { tenant, requestedBy: by, reason: 'export', caseId }
}
