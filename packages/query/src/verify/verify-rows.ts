import type { PlacedRow } from '@whodid/store'
import { hashBytes, tileWidth } from '@whodid/tlog'
import { checkTree } from './check-tree.ts'
import type { CheckedTree } from './check-tree.ts'
import type { Finding } from './finding.ts'
import type { SealedLog } from './sealed-log.ts'

/** What a verification of single rows found. */
export interface RowsVerification {
  readonly rowCount: number
  /** Rows that no checkpoint covers yet. */
  readonly pendingCount: number
  readonly findings: readonly Finding[]
}

/** Verifies rows of one log by their places: that each hashes to what was sealed there. Does NOT see rows that are missing. */
export async function verifyRows(
  log: SealedLog,
  rows: readonly PlacedRow[],
): Promise<RowsVerification> {
  const { tree, findings } = await checkTree(log)
  if (tree === undefined) return { rowCount: 0, pendingCount: 0, findings }
  const sealed = rows.filter(({ index }) => index < tree.size)
  const found: Finding[] = []
  for (const row of sealed) {
    const finding = await verifyRow(log.origin, tree, row)
    if (finding !== undefined) found.push(finding)
  }
  return { rowCount: sealed.length, pendingCount: rows.length - sealed.length, findings: found }
}

async function verifyRow(
  log: string,
  tree: CheckedTree,
  { index, leafHex, span }: PlacedRow,
): Promise<Finding | undefined> {
  const first = index - (index % tileWidth)
  const tile = await tree.leaves(first)
  if (!Buffer.isBuffer(tile)) return { ...tile, span }
  const at = (index - first) * hashBytes
  if (tile.toString('hex', at, at + hashBytes) === leafHex) return undefined
  const text = `row ${index} expected the hash that was sealed; its columns now hash to ${leafHex.slice(0, 16)}…`
  return { code: 'row_mismatch', log, index, span, text }
}
