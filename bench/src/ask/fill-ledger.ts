import { join } from 'node:path'
import { ContentKeys } from '@whodid/content'
import { makeCorpus } from '@whodid/corpus'
import type { Engine } from '@whodid/engine'
import { migrate } from '@whodid/store'
import { deliverCorpus } from '../attribution/deliver-corpus.ts'
import { createSql } from '../ingest/contender.ts'
import { makeBatches } from '../ingest/make-batches.ts'
import { growLedger } from './grow-ledger.ts'
import type { GrowingLedger } from './grow-ledger.ts'

/** Rounds of the corpus, and requests of agents' runs, that the seed is made of: about as many spans each. */
const corpusRounds = 10
const seedBatches = 20
const seed = 7
const daysBack = 61

/** Makes the seed through a real collector: the corpus, and runs as the SDK records them. */
export async function seedLedger(
  engine: Engine,
  dataDir: string,
  say: (line: string) => void,
): Promise<GrowingLedger> {
  await migrate({ url: engine.url, ...engine.users.migrator })
  const writer = { url: engine.url, ...engine.users.writer }
  const token = 'agent-runs'
  const runs = {
    exporters: [
      { name: 'fleet', token, templates: '*', humans: true, services: true, encoding: 'protobuf' },
    ],
    requests: makeBatches(seed, seedBatches).map(({ body }) => ({
      exporter: 'fleet' as const,
      token,
      contentType: 'application/x-protobuf' as const,
      body,
      arriveNs: BigInt(Date.now()) * 1_000_000n,
    })),
  } as const
  const keys = await ContentKeys.open(join(dataDir, 'keys'))
  const corpus = makeCorpus(seed, corpusRounds)
  await deliverCorpus(corpus, { logDir: join(dataDir, 'corpus'), writer, keys })
  await deliverCorpus(runs, { logDir: join(dataDir, 'runs'), writer, keys })
  const sql = createSql(engine)
  // Both halves of the seed begin two months ago, so that the copies end about now.
  const begin = `now64(9) - toIntervalDay(${daysBack})`
  const since = `(min(ts) OVER (PARTITION BY service_name = 'repo-agents'))`
  const moved = ['ts', 'end_ts', 'received_at'].map(
    (column) =>
      `fromUnixTimestamp64Nano(toUnixTimestamp64Nano(${begin}) + toUnixTimestamp64Nano(${column}) - toUnixTimestamp64Nano(${since})) AS ${column}`,
  )
  await sql(
    `CREATE TABLE whodid.bench_seed ENGINE = MergeTree ORDER BY tuple() AS SELECT * REPLACE (${moved.join(', ')}) FROM whodid.v_spans`,
  )
  await sql(
    `CREATE TABLE whodid.bench_contents ENGINE = MergeTree ORDER BY tuple() AS SELECT * REPLACE (${begin} AS received_at) FROM whodid.contents`,
  )
  const seedRows = Number(await sql('SELECT count() FROM whodid.bench_seed'))
  say(`the seed has ${seedRows} spans`)
  return growLedger(seedRows, say)
}
