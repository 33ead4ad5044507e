import { parseInstant } from '@whodid/model'
import type { LeafReader, PlacedRow, RemovalRow } from '@whodid/store'
import { hashBytes, tileWidth } from '@whodid/tlog'
import type { Finding } from '../finding.ts'
import { checkTree } from '../tlog/check-tree.ts'
import type { CheckedTree } from '../tlog/check-tree.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/**
 * The result of a verification of single rows.
 *
 * @example
 * ```ts
 * const { pendingCount, findings }: RowsVerification = await verifyRows(log, rows)
 * ```
 */
export interface RowsVerification {
  readonly rowCount: number
  /** The number of rows that no checkpoint covers yet. */
  readonly pendingCount: number
  readonly findings: readonly Finding[]
}

/**
 * Verifies rows of one log by their places: each must hash to the leaf sealed there. Does NOT find rows that are missing.
 *
 * @example
 * ```ts
 * const { rowCount, findings } = await verifyRows(log, await reader.at(log.origin, [42]))
 * ```
 */
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

/**
 * Returns the latest time before which text (or, by `counts`, only records) was deleted according to a sealed record; nanoseconds
 * since 1970, 0 without one. Ignores a record that does not verify in a known log.
 */
export async function sealedRemoval(
  reader: Pick<LeafReader, 'removals'>,
  logs: readonly SealedLog[],
  counts: (row: RemovalRow) => boolean = () => true,
): Promise<bigint> {
  let latest = 0n
  for (const row of await reader.removals()) {
    const log = logs.find(({ origin }) => origin === row.logId)
    if (log === undefined || row.before === '' || !counts(row)) continue
    const { rowCount, findings } = await verifyRows(log, [row])
    if (rowCount !== 1 || findings.length > 0) continue
    const before = parseInstant(row.before, 'whodid.custody.before')
    if (before > latest) latest = before
  }
  return latest
}
