import type { Engine } from '@whodid/engine'
import { createSql } from '../ingest/contender.ts'
import { countRows, untilQuiet } from '../ingest/run-round.ts'
import { closeMonths, partsOfMonths } from './close-months.ts'
import type { PartsOfMonth } from './close-months.ts'

/** Counts the spans of a ledger. */
export function countSpans(engine: Engine): Promise<number> {
  return countRows(createSql(engine), 'spans')
}

/** Returns the parts of each month of each table. */
export function countParts(engine: Engine): Promise<readonly PartsOfMonth[]> {
  return partsOfMonths(createSql(engine))
}

/** Waits a while for merges, and makes one part of each month that is over. */
export async function settleLedger(engine: Engine, say: (line: string) => void): Promise<void> {
  const sql = createSql(engine)
  await untilQuiet(sql)
  await closeMonths(sql, say)
}
