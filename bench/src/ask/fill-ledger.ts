import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ContentKeys } from '@whodid/content'
import { makeCorpus } from '@whodid/corpus'
import type { Engine } from '@whodid/engine'
import { migrate } from '@whodid/store'
import { deliverCorpus } from '../attribution/deliver-corpus.ts'
import type { Delivery } from '../attribution/deliver-corpus.ts'
import { spansPerBatch } from '../ingest/make-batches.ts'
import { makeLedgerRuns, runsExporter } from './ledger-runs.ts'
import { countSpans, settleLedger } from './settle-ledger.ts'

/** How far a ledger is filled. */
export interface Filled {
  /** Spans that it holds. */
  readonly rows: number
  /** Requests of agents' runs that it took. */
  readonly turns: number
}

/** A ledger that grows through real collectors. */
export interface GrowingLedger {
  /**
   * Sends runs of agents until it holds about so many spans, waits a while for merges, and makes one part of each month that
   * is over by the time of the newest record.
   */
  grow(rows: number, engine: Engine): Promise<Filled>
}

/** Rounds of the labelled corpus that every ledger begins with: 26,880 spans of every convention that it knows. */
const corpusRounds = 10
const corpusSeed = 7
const daysBack = 61n
const dayNs = 86_400_000_000_000n
const turnsPerLine = 2_000

/**
 * Prepares a ledger that fills itself the way a real one is filled: every span goes through a collector, whose clock runs through
 * two months up to now. The layout of its tables does not matter.
 */
export function growLedger(dataDir: string, say: (line: string) => void): GrowingLedger {
  const runs = makeLedgerRuns()
  const beginUnixNs = BigInt(Date.now()) * 1_000_000n - daysBack * dayNs
  let turns = 0
  return {
    grow: async (wanted, engine) => {
      const startedMs = performance.now()
      const seconds = (): number => Math.round((performance.now() - startedMs) / 1000)
      const logs = join(dataDir, 'fill')
      const keys = await ContentKeys.open(join(dataDir, 'keys'))
      const writer = { url: engine.url, ...engine.users.writer }
      // A log for each collector.
      const delivery = (name: string): Delivery => ({ logDir: join(logs, name), writer, keys })
      if (turns === 0) {
        await migrate({ url: engine.url, ...engine.users.migrator })
        await deliverCorpus(makeCorpus(corpusSeed, corpusRounds), delivery('corpus'))
        say(`the corpus is stored after ${seconds()} s`)
      }
      const missing = wanted - (await countSpans(engine))
      const to = turns + Math.max(0, Math.round(missing / spansPerBatch))
      const told = function* told() {
        for (const request of runs.requests({ from: turns, to, beginUnixNs })) {
          yield request
          turns += 1
          if (turns % turnsPerLine === 0) say(`${turns * spansPerBatch} spans after ${seconds()} s`)
        }
      }
      await deliverCorpus({ exporters: [runsExporter], requests: told() }, delivery(`runs-${to}`))
      await rm(logs, { recursive: true, force: true })
      await settleLedger(engine, say)
      say(`months that are over are one part each after ${seconds()} s`)
      return { rows: await countSpans(engine), turns }
    },
  }
}
