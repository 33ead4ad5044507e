import { createRoute } from '@hono/zod-openapi'
import type { Trust } from '@whodid/model'
import { trustSchema } from '@whodid/model/answers'
import type { KeyEpoch } from '@whodid/tlog'
import { makingOf } from './evidence.ts'
import type { EvidenceDeps } from './evidence.ts'
import {
  answered,
  caseHeader,
  everyRead,
  problems,
  readers,
  tokenSecurity as security,
} from './route-parts.ts'
import type { Handler } from './route-parts.ts'

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
