import { leafRowBytes } from '@whodid/store'
import type { LeafReader } from '@whodid/store'
import { hashBytes } from '@whodid/tlog'
import type { LeafRun, IndexRange } from './segment.ts'

/** Finds the records of a log that are in ClickHouse, by recomputing the leaves of its rows. */
export type LedgerRows = Pick<LeafReader, 'read' | 'extents'>

/** Places that are asked about in one statement. */
const placesAtOnce = 65_536

/** A range of a log, as the ledger has it. */
export interface AskedRange {
  /** Leaves of the places that have one row, or equal ones; in order. */
  readonly held: readonly LeafRun[]
  /** Places that have none, or rows that differ; in order. */
  readonly absent: readonly IndexRange[]
}

/** Asks the ledger for a range whose records cannot be read from the disk. Throws `store_unavailable`, `store_refused`. */
export async function askLedger(
  rows: LedgerRows,
  logId: string,
  { first, end }: IndexRange,
): Promise<AskedRange> {
  const leaves = new Map<number, Buffer | undefined>()
  for (let from = first; from < end; from += placesAtOnce) {
    const to = Math.min(from + placesAtOnce, end)
    await rows.read({ logId, from, to }, (bytes) => {
      for (let at = 0; at < bytes.length; at += leafRowBytes) take(leaves, bytes, at)
    })
  }
  return split(leaves, { first, end })
}

/** The place behind the last row that the ledger has of a log; 0 when it has none. */
export async function ledgerEnd(rows: LedgerRows, logId: string): Promise<number> {
  const own = (await rows.extents()).filter((extent) => extent.logId === logId)
  return own.reduce((end, { indexMax }) => Math.max(end, indexMax + 1), 0)
}

function take(leaves: Map<number, Buffer | undefined>, bytes: Buffer, at: number): void {
  const index = Number(bytes.readBigUInt64LE(at))
  const leaf = Buffer.from(bytes.subarray(at + leafRowBytes - hashBytes, at + leafRowBytes))
  // Of two rows that differ it is unknown which was the record.
  const isOther = leaves.has(index) && leaves.get(index)?.equals(leaf) !== true
  leaves.set(index, isOther ? undefined : leaf)
}

function split(
  leaves: ReadonlyMap<number, Buffer | undefined>,
  { first, end }: IndexRange,
): AskedRange {
  const held: LeafRun[] = []
  const absent: IndexRange[] = []
  let at = first
  while (at < end) {
    const from = at
    const run: Buffer[] = []
    for (let leaf = leaves.get(at); leaf !== undefined && at < end; leaf = leaves.get(at)) {
      run.push(leaf)
      at += 1
    }
    if (run.length > 0) {
      held.push({ firstIndex: from, leaves: Buffer.concat(run) })
      continue
    }
    while (at < end && leaves.get(at) === undefined) at += 1
    absent.push({ first: from, end: at })
  }
  return { held, absent }
}
