import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import { ContentKeys, createContentReader } from '@whodid/content'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import { createSelector, openAccessLog } from '@whodid/store'
import { openLogTrees } from '@whodid/tlog-posix'
import type { Policy } from '@whodid/tlog'
import { startSelfCheck } from '../../packages/server/src/self-check/self-check.ts'
import { selfCheckMetrics } from '../../packages/server/src/self-check/self-check-metrics.ts'
import type { DbaLedger } from './dba-ledger.ts'

/** The reading side of a service: its API over HTTP, and its check of itself. */
export interface SealedApi {
  readonly ask: (of: string) => Promise<ReturnType<typeof whoDidAnswerSchema.parse>>
  /** `/metrics`, as lines. */
  readonly metrics: () => Promise<string[]>
  readonly stop: () => Promise<void>
}

/** What it stands on. */
export interface SealedApiGround {
  readonly dataDir: string
  readonly keysDir: string
  readonly policy: Policy | undefined
  readonly token: string
  readonly sha256: string
}

/** Starts it. Its self-check looks several times a second. */
export async function startSealedApi(
  ledger: DbaLedger,
  { dataDir, keysDir, policy, token, sha256 }: SealedApiGround,
): Promise<SealedApi> {
  const keys = await ContentKeys.open(join(keysDir, 'content'))
  const { value: state, stop: stopCheck } = startSelfCheck(
    { config: { dataDir, keysDir }, onEvent: () => {} },
    ledger.access('verifier'),
    { policy, keys, everyMs: 200 },
  )
  const selector = createSelector(ledger.access('reader'))
  const readRecorder = await openAccessLog({
    dir: join(dataDir, 'reads'),
    access: ledger.access('recorder'),
  })
  const api = createApi({
    selector,
    contents: createContentReader(keys, () => 0n),
    readRecorder,
    trees: openLogTrees(join(dataDir, 'tlog')),
    tokens: () => [{ name: 'test', role: 'admin', tenant: 'default', sha256 }],
    readiness: () => Promise.resolve([]),
    metrics: () => selfCheckMetrics(state()),
    watch: { policy, state },
  })
  const running = await startApi({ api, host: '127.0.0.1', port: 0 })
  const get = async (path: string): Promise<string> => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await fetch(`${running.url}${path}`, { headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${text}`)
    return text
  }
  return {
    ask: async (of) =>
      whoDidAnswerSchema.parse(JSON.parse(await get(`/v1/who-did?of=${encodeURIComponent(of)}`))),
    metrics: async () => (await get('/metrics')).split('\n'),
    stop: async () => {
      await running.stop()
      await readRecorder.close()
      await selector.close()
      await stopCheck()
    },
  }
}
