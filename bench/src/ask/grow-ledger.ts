import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '@whodid/engine'
import { createSql } from '../ingest/contender.ts'
import type { Sql } from '../ingest/contender.ts'
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

const rowsPerInsert = 1_000_000
/** Copies follow one another so closely: 5,000 of them, 100 million spans, take two months. */
const stepSeconds = 1_040
const mergesMsMax = 240_000

/** The ledger that holds its seed and nothing else so far. */
export function growLedger(seedRows: number, say: (line: string) => void): GrowingLedger {
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
