import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ContentKeys } from '@whodid/content'
import { makeCorpus } from '@whodid/corpus'
import type { Engine } from '@whodid/engine'
import { migrate } from '@whodid/store'
import { deliverCorpus } from '../attribution/deliver-corpus.ts'
import { createSql } from '../ingest/contender.ts'
import type { Sql } from '../ingest/contender.ts'
import { makeBatches } from '../ingest/make-batches.ts'
import { closeMonths } from './close-months.ts'
import { multiplyContents, multiplySpans } from './multiply-spans.ts'

/** A ledger that grows inside the engine. */
export interface GrowingLedger {
  /**
   * Adds copies until it holds so many spans, waits a while for merges, and makes one part of each month that is over by the time of
   * the newest copy. Resolves with how many spans there are.
   */
  grow(rows: number, engine: Engine): Promise<number>
}

/** Rounds of the corpus, and requests of agents' runs, that the seed is made of: about as many spans each. */
const corpusRounds = 10
const seedBatches = 20
const seed = 7
const rowsPerInsert = 1_000_000
/** Copies follow one another so closely: 5,000 of them, 100 million spans, take two months. */
const stepSeconds = 1_040
const daysBack = 61
const mergesMsMax = 240_000

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
    `CREATE TABLE whodid.bench_seed ENGINE = MergeTree ORDER BY tuple() AS SELECT * REPLACE (${moved.join(', ')}) FROM whodid.spans`,
  )
  await sql(
    `CREATE TABLE whodid.bench_contents ENGINE = MergeTree ORDER BY tuple() AS SELECT * REPLACE (
      fromUnixTimestamp64Nano(toUnixTimestamp64Nano(${begin}) + toUnixTimestamp64Nano(received_at) - toUnixTimestamp64Nano(min(received_at) OVER ())) AS received_at
    ) FROM whodid.contents`,
  )
  const seedRows = Number(await sql('SELECT count() FROM whodid.bench_seed'))
  say(`the seed has ${seedRows} spans`)
  return growing(seedRows, say)
}

function growing(seedRows: number, say: (line: string) => void): GrowingLedger {
  let copies = 0
  let rows = seedRows
  return {
    grow: async (wanted, engine) => {
      const sql = createSql(engine)
      const startedMs = performance.now()
      const seconds = (): number => Math.round((performance.now() - startedMs) / 1000)
      while (rows + seedRows <= wanted) {
        const most = Math.ceil(rowsPerInsert / seedRows)
        const count = Math.min(Math.floor((wanted - rows) / seedRows), most)
        const more = { from: copies + 1, count, seedRows, stepSeconds }
        await sql(multiplyContents(more))
        await sql(multiplySpans(more))
        copies += count
        rows += count * seedRows
        say(`${rows} spans after ${seconds()} s`)
      }
      await settle(sql)
      say(`merged after ${seconds()} s`)
      await closeMonths(sql, await monthOfCopy(sql, copies), say)
      say(`months that are over are one part each after ${seconds()} s`)
      return rows
    },
  }
}

/** The month of the ledger's time in which that copy was received. */
function monthOfCopy(sql: Sql, copy: number): Promise<string> {
  const shift = `toIntervalSecond(${copy * stepSeconds})`
  return sql(`SELECT toYYYYMM(max(received_at) + ${shift}) FROM whodid.bench_seed`)
}

/** Waits until no merge runs, but no longer than four minutes. */
async function settle(sql: Sql): Promise<void> {
  const deadlineMs = performance.now() + mergesMsMax
  while (performance.now() < deadlineMs) {
    if ((await sql('SELECT count() FROM system.merges')) === '0') return
    await sleep(1_000)
  }
}
