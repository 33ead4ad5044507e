import { hashBytes } from '@whodid/tlog'
import { ledgerRecord } from './ledger-event.ts'
import { askLedger } from './ledger-rows.ts'
import type { AskedRange, LedgerRows } from './ledger-rows.ts'
import type { OpenedLog } from './open-write-ahead-log.ts'
import type { LeafRun, IndexRange } from './segment.ts'
import type { WriteAheadLog } from './write-ahead-log.ts'

/** Records written into a hole at one time. */
const rowsAtOnce = 1_000

/** The state of a log when its holes are filled. */
export interface FillHoles {
  readonly opened: OpenedLog
  readonly logId: string
  /** Leaves that a checkpoint covers; undefined where that is not known, and then nothing is done. */
  readonly sealedSize: number | undefined
  /** The ledger, which is asked for the records that are in ClickHouse; undefined where there is none, and then damaged records are lost. */
  readonly rows: LedgerRows | undefined
  readonly nowUnixNs: () => bigint
  readonly onProblem: (message: string) => void
}

/**
 * Accounts for every index whose record cannot be read from the disk any more. The ledger is asked first: a record whose row is
 * there is not lost, and its leaf is made of the row where no checkpoint covers it yet. One of the others that no checkpoint covers gets a record that says so in its
 * place, and the tree stays dense; of one that is sealed the leaf stays indefinitely, and a record at the end says that damage
 * took its record. Returns all runs that wait to be sealed, in order.
 */
export async function fillHoles(options: FillHoles): Promise<LeafRun[]> {
  const { opened, sealedSize, onProblem } = options
  const runs = [...opened.unsealed]
  if (sealedSize === undefined) return runs
  for (const range of opened.missing) {
    const { held, absent } = await asked(range, options)
    for (const run of held) {
      runs.push(...above(run, sealedSize))
      const last = run.firstIndex + run.leaves.length / hashBytes - 1
      onProblem(
        `the records ${run.firstIndex} to ${last} of the log are damaged on the disk and are in ClickHouse: none of them is lost`,
      )
    }
    runs.push(...(await fillAbsent(absent, options, sealedSize)))
  }
  return runs.toSorted((a, b) => a.firstIndex - b.firstIndex)
}

function asked(range: IndexRange, { rows, logId }: FillHoles): Promise<AskedRange> | AskedRange {
  return rows === undefined ? { held: [], absent: [range] } : askLedger(rows, logId, range)
}

/** The part of a run that no checkpoint covers. */
function above({ firstIndex, leaves }: LeafRun, size: number): LeafRun[] {
  const skipped = Math.max(size - firstIndex, 0)
  const rest = leaves.subarray(skipped * hashBytes)
  return rest.length === 0 ? [] : [{ firstIndex: firstIndex + skipped, leaves: rest }]
}

async function fillAbsent(
  absent: readonly IndexRange[],
  options: FillHoles,
  sealedSize: number,
): Promise<LeafRun[]> {
  const { opened, logId, nowUnixNs, onProblem } = options
  const runs: LeafRun[] = []
  for (const { first, end } of absent) {
    const sealedEnd = Math.min(end, sealedSize)
    if (first < sealedEnd) {
      const details = { log: logId, first, end: sealedEnd }
      await opened.log.append([ledgerRecord({ event: 'damage', details }, nowUnixNs())])
    }
    runs.push(...(await fill(opened.log, { first: Math.max(first, sealedSize), end }, options)))
    onProblem(`the records ${first} to ${end - 1} of the log are lost to damage on the disk`)
  }
  return runs
}

async function fill(
  log: WriteAheadLog,
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
