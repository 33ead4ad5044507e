import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi, startApi } from '@whodid/api'
import { startCollector } from '@whodid/collector'
import type { Collector, CollectorOptions } from '@whodid/collector'
import { ContentKeys, createContentReader } from '@whodid/content'
import { whoDidAnswerSchema } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { createAppender, createReadRecorder, createSelector, openLogTrees } from '@whodid/store'
import type { Policy } from '@whodid/tlog'
import { startSelfCheck } from '../../packages/cli/src/serve/self-check.ts'
import { selfCheckFamilies } from '../../packages/cli/src/serve/self-check-families.ts'
import type { DbaLedger } from './dba-ledger.ts'
import { sendHttp, spanJson, token } from './memory-collector.ts'

/** Whodid on a ledger whose administrator has every right: collector, sealer, self-check and API, in this process. */
export interface SealedService {
  readonly dataDir: string
  readonly keysDir: string
  /** Starts a collector; the first one's log lies in `log`, where the service's own lies. */
  readonly collect: (origin: string, more?: Partial<CollectorOptions>) => Promise<Collector>
  /** Sends spans, and waits until they are in ClickHouse. Gives the last one's handle. */
  readonly send: (collector: Collector, count: number) => Promise<string>
  /** Asks over HTTP. */
  readonly ask: (of: string) => Promise<WhoDidAnswer>
  /** `/metrics`, as lines. */
  readonly metrics: () => Promise<string[]>
  readonly stop: () => Promise<void>
}

/** Starts one, without a collector yet. Its self-check looks several times a second. */
export async function startSealedService(
  ledger: DbaLedger,
  policy?: Policy,
): Promise<SealedService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-sealed-'))
  const keysDir = join(dataDir, 'keys')
  const stops: (() => Promise<void>)[] = []
  // Sound: the check looks at the two directories and at nothing else.
  const config = { dataDir, keysDir } as Parameters<typeof startSelfCheck>[0]['config']
  const access = { verifier: ledger.access('verifier') }
  const state = startSelfCheck({ config, stops, onEvent: () => {} }, access, {
    policy,
    everyMs: 200,
  })
  const api = await openApi(ledger, stops, {
    keys: await ContentKeys.open(join(keysDir, 'content')),
    dataDir,
    watch: { policy, state },
    families: () => selfCheckFamilies(state()),
  })
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`${api}${path}`, { headers: { authorization: `Bearer ${token}` } })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${text}`)
    return text
  }
  const appender = createAppender(ledger.access('writer'))
  stops.unshift(() => appender.close())
  return {
    dataDir,
    keysDir,
    collect: (origin, more = {}) =>
      startCollector({
        host: '127.0.0.1',
        httpPort: 0,
        logDir: join(dataDir, 'log'),
        logOrigin: origin,
        seal: { treeDir: join(dataDir, 'tlog'), keysDir },
        exporters: [exporter],
        appender,
        ...more,
      }),
    send,
    ask: async (of) =>
      whoDidAnswerSchema.parse(JSON.parse(await get(`/v1/who-did?of=${encodeURIComponent(of)}`))),
    metrics: async () => (await get('/metrics')).split('\n'),
    stop: async () => {
      for (const stop of stops.toReversed()) await stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

const sha256 = createHash('sha256').update(token).digest('hex')
const exporter = {
  name: 'test',
  tokenSha256: sha256,
  tenant: 'default',
  templates: '*',
  humans: true,
  services: true,
} as const

interface ApiGround {
  readonly keys: ContentKeys
  readonly dataDir: string
  readonly watch: NonNullable<Parameters<typeof createApi>[0]['watch']>
  readonly families: NonNullable<Parameters<typeof createApi>[0]['metrics']>
}

async function openApi(
  ledger: DbaLedger,
  stops: (() => Promise<void>)[],
  { keys, dataDir, watch, families }: ApiGround,
): Promise<string> {
  const selector = createSelector(ledger.access('reader'))
  const readRecorder = createReadRecorder(ledger.access('recorder'))
  const api = createApi({
    selector,
    contents: createContentReader(keys, () => 0n),
    readRecorder,
    trees: openLogTrees(join(dataDir, 'tlog')),
    tokens: [{ name: 'test', role: 'admin', tenant: 'default', sha256 }],
    readiness: () => Promise.resolve([]),
    metrics: families,
    watch,
  })
  const running = await startApi({ api, host: '127.0.0.1', port: 0 })
  stops.push(
    () => selector.close(),
    () => readRecorder.close(),
    () => running.stop(),
  )
  return running.url
}

let traces = 0

async function send(collector: Collector, count: number): Promise<string> {
  traces += 1
  const traceId = `5ea1${traces.toString(16).padStart(28, '0')}`
  let spanId = ''
  for (let n = 1; n <= count; n += 1) {
    spanId = n.toString(16).padStart(16, '0')
    const attributes = [
      ['whodid.record.kind', 'tool_call'],
      ['whodid.action.verb', 'update'],
      ['whodid.action.outcome', 'success'],
      ['whodid.actor.type', 'agent'],
      ['whodid.agent.instance.id', `agent-${traces}`],
    ].map(([key, stringValue]) => ({ key, value: { stringValue } }))
    const answer = await sendHttp(collector, { body: spanJson({ traceId, spanId, attributes }) })
    if (answer.status !== 200) throw new Error(answer.body.toString())
  }
  await collector.stored()
  return `span:${traceId}-${spanId}`
}
