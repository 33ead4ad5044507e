import { createApi } from '@whodid/api'
import type { Api } from '@whodid/api'
import { startCollector } from '@whodid/collector'
import { createContentReader } from '@whodid/content'
import { openRetentionService } from '@whodid/retention'
import { createAppender, createSelector, openAccessLog } from '@whodid/store'
import { openLogTrees } from '@whodid/tlog-posix'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { loadExporter } from '../faults/load.ts'
import { startCleanLedger } from './clean-ledger.ts'
import type { CleanLedger } from './clean-ledger.ts'
import { runVerifier } from './run-verifier.ts'

/** A collector and an API over a ledger whose administrator may do everything: what hands out evidence. */
export interface EvidenceService {
  readonly ledger: CleanLedger
  /** The key that signs packages: a forger has it. */
  readonly signer: NoteSigner
  /** Takes spans, by their attributes, and waits until they are sealed and stored. */
  send(spans: readonly SentSpan[]): Promise<void>
  /** An evidence package about a handle. */
  exported(of: string): Promise<Buffer>
  /** Runs the verifier on a package, by plain Node in a directory that holds nothing else. */
  verify(zip: Buffer): Promise<{ code: number; stdout: string }>
  stop(): Promise<void>
}

/** A span as a sender gives it. */
export interface SentSpan {
  readonly id: string
  readonly parent?: string
  readonly trace?: string
  readonly startUnixNs?: string
  readonly attributes: Readonly<Record<string, string>>
}

const token = 'whodid-test-token'

/** Starts one; `isStating` has it put on record what it hands out, as `whodid serve` does. */
export async function startEvidenceService(isStating = true): Promise<EvidenceService> {
  const ledger = await startCleanLedger()
  const { engine, root, keysDir, keys, now } = ledger
  const appender = createAppender(engine.access('writer'))
  const selector = createSelector(engine.access('reader'))
  const recorder = engine.access('recorder')
  const readRecorder = await openAccessLog({ dir: `${root}/reads`, access: recorder })
  const signer = parseSkey(generateNoteKey('whodid/export', 'note').skey)
  const treeDir = `${root}/tlog`
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: `${root}/log`,
    logOrigin: 'edited.test/log',
    sequencer: { treeDir, keysDir },
    ingestClients: [loadExporter],
    keys,
    appender,
  })
  const custodian = await openRetentionService({
    keys,
    dir: `${keysDir}/custody`,
    record: (records) => collector.record(records),
    stored: () => collector.stored(),
    eraser: ledger.eraser,
    pruner: ledger.pruner,
    now,
  })
  // The ingest client of the load and the investigator have one token here.
  const sha256 = loadExporter.tokenSha256
  const api = createApi({
    selector,
    readRecorder,
    contents: createContentReader(keys, () => 0n),
    trees: openLogTrees(treeDir),
    retention: isStating ? custodian : undefined,
    exports: { signer, witnesses: [], product: 'whodid' },
    tokens: () => [{ name: 'investigator', role: 'investigator', tenant: 'default', sha256 }],
    readiness: () => Promise.resolve([]),
    now,
  })
  let verified = 0
  return {
    ledger,
    signer,
    send: async (spans) => {
      await post(`${collector.url}/v1/traces`, spans.map(otlpSpan))
      await collector.sealed()
      await collector.stored()
    },
    exported: async (of) => {
      const answer = await asked(api, '/v1/exports', {
        method: 'POST',
        body: JSON.stringify({ of }),
      })
      if (answer.status !== 200) throw new Error(await answer.text())
      return Buffer.from(await answer.arrayBuffer())
    },
    verify: async (zip) => {
      const trust = await (await asked(api, '/v1/trust')).text()
      return runVerifier(`${root}/verified-${(verified += 1)}`, { zip, trust })
    },
    stop: async () => {
      await collector.stop()
      await Promise.all([appender.close(), selector.close(), readRecorder.close()])
      await ledger.stop()
    },
  }
}

function otlpSpan({ id, parent, trace = 'ed', startUnixNs, attributes }: SentSpan): object {
  return {
    traceId: trace.repeat(16),
    spanId: id.repeat(8),
    ...(parent === undefined ? {} : { parentSpanId: parent.repeat(8) }),
    name: 'refund',
    startTimeUnixNano: startUnixNs ?? '1700000000000000000',
    endTimeUnixNano: '1700000000000000999',
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { stringValue: value },
    })),
  }
}

async function post(url: string, spans: readonly object[]): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  if (answer.status !== 200) throw new Error(await answer.text())
}

async function asked(api: Api, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return api.fetch(new Request(`http://127.0.0.1:4320${path}`, { ...init, headers }), {})
}
