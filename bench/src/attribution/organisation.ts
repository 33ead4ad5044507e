import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import { ContentKeys, createContentReader } from '@whodid/content'
import type { Corpus } from '@whodid/corpus'
import { startEngine } from '@whodid/engine'
import { whoDidAnswerSchema } from '@whodid/model/answers'
import type { WhoDidAnswer } from '@whodid/model'
import { createSelector, migrate, openAccessLog } from '@whodid/store'
import { deliverCorpus } from './deliver-corpus.ts'

/** The parameters of a question. */
export type Asked = Readonly<Record<string, string | undefined>>

/** A whole Whodid that has heard a corpus. */
export interface Organisation {
  /** Asks over HTTP. */
  ask(question: Asked): Promise<WhoDidAnswer>
  /** Any other question of the API, by its path; the body of the answer. */
  get(path: string, query: Asked): Promise<unknown>
  /** Reads its ledger, as the API does. */
  readonly selector: ReturnType<typeof createSelector>
  stop(): Promise<void>
}

/** Starts an engine, a collector and an API, and sends the corpus in its order, the collector's clock at each request's. */
export async function startOrganisation(dataDir: string, corpus: Corpus): Promise<Organisation> {
  const engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  const keys = await ContentKeys.open(join(dataDir, 'keys'))
  await deliverCorpus(corpus, {
    keys,
    logDir: join(dataDir, 'log'),
    writer: { url: engine.url, ...engine.users.writer },
  })
  const selector = createSelector({ url: engine.url, ...engine.users.reader })
  const readRecorder = await openAccessLog({
    dir: join(dataDir, 'reads'),
    access: { url: engine.url, ...engine.users.recorder },
  })
  const token = randomBytes(16).toString('hex')
  const reader = { name: 'bench', role: 'investigator', tenant: 'default' } as const
  const api = createApi({
    selector,
    contents: createContentReader(keys, () => 0n),
    readRecorder,
    tokens: () => [{ ...reader, sha256: sha256(token) }],
    readiness: () => Promise.resolve([]),
  })
  const running = await startApi({ api, host: '127.0.0.1', port: 0 })
  return {
    ask: async (question) =>
      whoDidAnswerSchema.parse(await get(`${running.url}/v1/who-did`, token, question)),
    get: (path, query) => get(`${running.url}${path}`, token, query),
    selector,
    stop: async () => {
      await running.stop()
      await Promise.all([selector.close(), readRecorder.close()])
      await engine.stop()
    },
  }
}

async function get(url: string, token: string, question: Asked): Promise<unknown> {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(question))
    if (value !== undefined) query.set(key, value)
  const response = await fetch(`${url}?${query.toString()}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body: unknown = await response.json()
  if (response.status !== 200) throw new Error(`${query.toString()}: ${JSON.stringify(body)}`)
  return body
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
