import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import type { WhoDidAnswer } from '@whodid/model'
import { startLedger } from './ledger.ts'
import type { Ledger } from './ledger.ts'

/** An OTLP/JSON body, of spans or of log records. */
export type OtlpBody = Readonly<Record<string, unknown>>

/** An exporter beside the one that may speak for everyone. */
export interface BoundExporter {
  readonly name: string
  readonly templates: readonly string[]
}

/** A ledger with a collector before it, to send what emitters send and ask what came of it. */
export interface EmitterLedger {
  readonly ledger: Ledger
  /** Sends as the exporter that may speak for everyone, or as the one named, and waits until it can be asked about. */
  send(bodies: readonly OtlpBody[], exporter?: string): Promise<void>
  ask(handle: string): Promise<WhoDidAnswer>
  stop(): Promise<void>
}

export async function startEmitterLedger(
  bound: readonly BoundExporter[] = [],
): Promise<EmitterLedger> {
  const ledger = await startLedger()
  const logDir = await mkdtemp(join(tmpdir(), 'whodid-log-'))
  const tokens = new Map(
    ['any', ...bound.map(({ name }) => name)].map((name) => [
      name,
      randomBytes(16).toString('hex'),
    ]),
  )
  const tokenSha256 = (name: string): string =>
    createHash('sha256')
      .update(tokens.get(name) ?? '')
      .digest('hex')
  const all = { tenant: 'default', humans: true, services: true }
  const few = { tenant: 'default', humans: false, services: false }
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir,
    ingestClients: [
      { ...all, name: 'any', tokenSha256: tokenSha256('any'), templates: '*' },
      ...bound.map(({ name, templates }) => ({
        ...few,
        name,
        tokenSha256: tokenSha256(name),
        templates: [...templates],
      })),
    ],
    appender: ledger.appender,
    keys: ledger.keys,
  })
  return {
    ledger,
    send: async (bodies, exporter = 'any') => {
      for (const body of bodies) await post(collector, tokens.get(exporter) ?? '', body)
      await collector.stored()
    },
    ask: (handle) => ledger.ask(handle),
    stop: async () => {
      await collector.stop()
      await ledger.stop()
      await rm(logDir, { recursive: true, force: true })
    },
  }
}

async function post(collector: Collector, token: string, body: OtlpBody): Promise<void> {
  const path = 'resourceLogs' in body ? '/v1/logs' : '/v1/traces'
  const answer = await fetch(`${collector.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      connection: 'close',
    },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  if (answer.status !== 200 || text !== '{}') throw new Error(`${answer.status}: ${text}`)
}
