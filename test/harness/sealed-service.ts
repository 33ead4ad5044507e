import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector, CollectorOptions } from '@whodid/collector'
import { createAppender } from '@whodid/store'
import type { Policy } from '@whodid/tlog'
import type { DbaLedger } from './dba-ledger.ts'
import { sendHttp, spanJson, token } from './memory-collector.ts'
import { startSealedApi } from './sealed-api.ts'
import type { SealedApi } from './sealed-api.ts'

/** Whodid on a ledger whose administrator has every right: collector, sealer, self-check and API, in this process. */
export interface SealedService extends SealedApi {
  readonly dataDir: string
  readonly keysDir: string
  /** Starts a collector; the first one's log lies in `log`, where the service's own lies. */
  readonly collect: (origin: string, more?: Partial<CollectorOptions>) => Promise<Collector>
  /** Sends spans, and waits until they are in ClickHouse. Gives the last one's handle. */
  readonly send: (collector: Collector, count: number) => Promise<string>
}

/** Starts one, without a collector yet. */
export async function startSealedService(
  ledger: DbaLedger,
  policy?: Policy,
): Promise<SealedService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-sealed-'))
  const keysDir = join(dataDir, 'keys')
  const api = await startSealedApi(ledger, { dataDir, keysDir, policy, token, sha256 })
  const appender = createAppender(ledger.access('writer'))
  return {
    ...api,
    dataDir,
    keysDir,
    collect: (origin, more = {}) =>
      startCollector({
        host: '127.0.0.1',
        httpPort: 0,
        logDir: join(dataDir, 'log'),
        logOrigin: origin,
        sequencer: { treeDir: join(dataDir, 'tlog'), keysDir },
        ingestClients: [exporter],
        appender,
        ...more,
      }),
    send,
    stop: async () => {
      await api.stop()
      await appender.close()
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
