import { parseInstant } from '@whodid/model'
import type { LeafReader, RemovalRow } from '@whodid/store'
import type { SealedLog } from './sealed-log.ts'
import { verifyRows } from './verify-rows.ts'

/**
 * The latest time before which a sealed record says that text was taken away, or records where only those count; nanoseconds since
 * 1970, 0 without one. A record that no known log sealed as it stands says nothing.
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
