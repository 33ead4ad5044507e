import { ledgerRecord } from '../ledger-record.ts'
import type { CommitLog } from './commit-log.ts'
import type { OpenedLog } from './log-options.ts'
import type { LeafRun } from './read-back.ts'
import type { IndexRange } from './segment-writer.ts'

/** Records written into a hole at one time. */
const rowsAtOnce = 1_000

/** What is known of a log when its holes are filled. */
export interface FillHoles {
  readonly opened: OpenedLog
  readonly logId: string
  /** Leaves that a checkpoint covers; undefined where that is not known, and then nothing is done. */
  readonly sealedSize: number | undefined
  readonly nowUnixNs: () => bigint
  readonly onProblem: (message: string) => void
}

/**
 * Accounts for every index whose record damage has taken. One that no checkpoint covers gets a record that says so in its
 * place, and the tree stays dense; of one that is sealed the leaf stands for ever, and a record at the end says that damage
 * took what it was the hash of. Gives all that waits to be sealed, in order.
 */
export async function fillHoles(options: FillHoles): Promise<LeafRun[]> {
  const { opened, logId, sealedSize, nowUnixNs, onProblem } = options
  const runs = [...opened.unsealed]
  if (sealedSize === undefined) return runs
  for (const { first, end } of opened.missing) {
    const sealedEnd = Math.min(end, sealedSize)
    if (first < sealedEnd) {
      const details = { log: logId, first, end: sealedEnd }
      await opened.log.append([ledgerRecord({ event: 'damage', details }, nowUnixNs())])
    }
    runs.push(...(await fill(opened.log, { first: Math.max(first, sealedSize), end }, options)))
    onProblem(`the records ${first} to ${end - 1} of the log are lost to damage on the disk`)
  }
  return runs.toSorted((a, b) => a.firstIndex - b.firstIndex)
}

async function fill(
  log: CommitLog,
  { first, end }: IndexRange,
  { logId, nowUnixNs }: FillHoles,
): Promise<LeafRun[]> {
  const runs: LeafRun[] = []
  for (let from = first; from < end; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, end - from)
    const records = Array.from({ length: count }, (_, place) => {
      const details = { log: logId, index: from + place }
      return ledgerRecord({ event: 'hole', details }, nowUnixNs())
    })
    runs.push(await log.fill(from, records))
  }
  return runs
}
