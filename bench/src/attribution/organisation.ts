import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import { startCollector } from '@whodid/collector'
import type { Corpus } from '@whodid/corpus'
import { startEngine } from '@whodid/engine'
import { whoDidAnswerSchema } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { createAppender, createReadRecorder, createSelector, migrate } from '@whodid/store'

/** A whole Whodid that has heard a corpus. */
export interface Organisation {
  /** Asks over HTTP. */
  ask(question: Readonly<Record<string, string | undefined>>): Promise<WhoDidAnswer>
  stop(): Promise<void>
}

/** Starts an engine, a collector and an API, and sends the corpus in its order, the collector's clock at each request's. */
export async function startOrganisation(dataDir: string, corpus: Corpus): Promise<Organisation> {
  const engine = await startEngine({ dataDir })
  await migrate({ url: engine.url, ...engine.users.migrator })
  await deliver(corpus, join(dataDir, 'log'), { url: engine.url, ...engine.users.writer })
  const selector = createSelector({ url: engine.url, ...engine.users.reader })
  const readRecorder = createReadRecorder({ url: engine.url, ...engine.users.recorder })
  const token = randomBytes(16).toString('hex')
  const reader = { name: 'bench', role: 'investigator', tenant: 'default' } as const
  const api = createApi({
    selector,
    readRecorder,
    tokens: [{ ...reader, sha256: sha256(token) }],
    readiness: () => Promise.resolve([]),
  })
  const running = await startApi({ api, host: '127.0.0.1', port: 0 })
  return {
    ask: (question) => ask(`${running.url}/v1/who-did`, token, question),
    stop: async () => {
      await running.stop()
      await Promise.all([selector.close(), readRecorder.close()])
      await engine.stop()
    },
  }
}

async function deliver(
  { exporters, requests }: Corpus,
  logDir: string,
  access: Parameters<typeof createAppender>[0],
): Promise<void> {
  const appender = createAppender(access)
  let clockNs = 0n
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    appender,
    exporters: exporters.map(({ name, token, templates, humans, services }) => ({
      name,
      tenant: 'default',
      tokenSha256: sha256(token),
      templates,
      humans,
      services,
    })),
    now: () => clockNs,
  })
  try {
    for (const { token, contentType, body, arriveNs } of requests) {
      clockNs = arriveNs
      const response = await fetch(`${collector.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': contentType, authorization: `Bearer ${token}` },
        body: new Uint8Array(body),
      })
      const answer = await response.text()
      if (response.status !== 200) throw new Error(`the collector refused: ${answer}`)
    }
    await collector.stored()
  } finally {
    await collector.stop()
    await appender.close()
  }
}

async function ask(
  url: string,
  token: string,
  question: Readonly<Record<string, string | undefined>>,
): Promise<WhoDidAnswer> {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(question))
    if (value !== undefined) query.set(key, value)
  const response = await fetch(`${url}?${query.toString()}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body: unknown = await response.json()
  if (response.status !== 200) throw new Error(`${query.toString()}: ${JSON.stringify(body)}`)
  return whoDidAnswerSchema.parse(body)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
