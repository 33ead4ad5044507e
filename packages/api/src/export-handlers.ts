import type { OpenAPIHono } from '@hono/zod-openapi'
import { buildPackage, gatherEvidence } from '@whodid/evidence'
import { formatInstant } from '@whodid/model'
import { parseQuestion } from '@whodid/query'
import { verifierKeys } from './verifier-keys.ts'
import type { ApiOptions } from './api-options.ts'
import { exportGround } from './export-ground.ts'
import { exportRoute, trustRoute } from './export-routes.ts'
import { systemUnixNs } from './recorded-read.ts'
import type { RecordedRead } from './recorded-read.ts'
import type { ApiEnv } from './request-scope.ts'

const roles = ['investigator', 'admin'] as const

/** Adds the export of evidence, and of the keys that it is checked with. */
export function addExports(
  app: OpenAPIHono<ApiEnv>,
  options: ApiOptions,
  recordedRead: RecordedRead,
): void {
  const { selector, contents, watch, metaLog, now = systemUnixNs } = options

  app.openapi(exportRoute, async (c) => {
    const asked = c.req.valid('json')
    const question = parseQuestion(asked)
    const { trees, signer, product, record, state } = exportGround(options)
    const { tenant, name, role } = c.get('token')
    const made = {
      at: formatInstant(now()),
      by: name,
      case: c.req.header('whodid-case') ?? '',
      product,
    }
    const exported = { of: asked.of, tenant, by: name, caseId: made.case }
    const sources = {
      selector,
      contents,
      trees,
      watch,
      metaLog,
      rules: options.rules,
      state: state && ((sha256: string) => state(sha256, exported)),
    }
    const zip = await recordedRead(
      c,
      { roles, question: asked },
      {
        run: async () => {
          const evidence = await gatherEvidence(sources, { tenant, question, made, role })
          const built = buildPackage(evidence, signer)
          // On record before it leaves: what is handed out and not in the ledger did not come from here.
          await record(built, exported)
          return built
        },
      },
    )
    const headers = {
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="evidence.zip"',
    }
    return new Response(zip, { headers })
  })

  app.openapi(trustRoute, async (c) => {
    const { trees, signer, witnesses, state } = exportGround(options)
    const isStated = state !== undefined
    const run = () => verifierKeys(trees, { signer, witnesses, metaLog, isStated })
    return c.json(await recordedRead(c, { roles, question: {} }, { run }), 200)
  })
}
