import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerEvent } from '../ledger-record.ts'
import { askLedger } from './ledger-rows.ts'
import type { AskedRange, LedgerRows } from './ledger-rows.ts'
import type { IndexRange } from './segment-writer.ts'

/** How often a ledger that does not answer is asked, and milliseconds between. */
const attemptsMax = 10
const attemptDelayMs = 1_000

/** Who is asked and who says it. */
export interface TellLost {
  readonly rows: LedgerRows | undefined
  readonly logId: string
  readonly say: (event: LedgerEvent) => Promise<unknown>
}

/**
 * Says on record that damage took records whose leaves are or will be sealed: those that the ledger, which is asked first, has
 * no rows of. An insert may have been carried out before the damage, by this run or one before.
 */
export async function tellLost(lost: IndexRange, { rows, logId, say }: TellLost): Promise<void> {
  const { absent } = rows === undefined ? { absent: [lost] } : await ask(rows, logId, lost)
  for (const { first, end } of absent)
    await say({ event: 'damage', details: { log: logId, first, end } })
}

async function ask(rows: LedgerRows, logId: string, lost: IndexRange): Promise<AskedRange> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await askLedger(rows, logId, lost)
    } catch (thrown) {
      if (attempt >= attemptsMax) throw thrown
      await sleep(attemptDelayMs, undefined, { ref: false })
    }
}
