import { formatInstant } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import type { Finding } from '../finding.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/** How fresh a log must be. */
export interface Freshness {
  /** Nanoseconds since 1970 at or before which a row must be sealed by now. Default: all must. */
  readonly sealedByUnixNs?: bigint
  /**
   * Nanoseconds since 1970 at or after which the newest sealed record must have been received; a sealer that lives says
   * so each 45 seconds. Default: it may be of any age, unless there are rows that should be sealed.
   */
  readonly freshByUnixNs?: bigint
}

/**
 * Rows above the checkpoint, on their way to be sealed or put there by somebody whom the sealer does not know; and a
 * checkpoint that is older than a living sealer's. Throws as `LeafReader` does.
 *
 * @example
 * ```ts
 * const findings = await judgeFreshness(log, reader, { freshByUnixNs: nowUnixNs - 120_000_000_000n })
 * ```
 */
export async function judgeFreshness(
  log: SealedLog,
  reader: LeafReader,
  { sealedByUnixNs, freshByUnixNs }: Freshness,
): Promise<Finding[]> {
  const unsealed = await unsealedRows(log, reader, sealedByUnixNs)
  const staleBefore = unsealed.length > 0 ? sealedByUnixNs : freshByUnixNs
  if (staleBefore === undefined || log.checkpoint.size === 0) return unsealed
  const last = log.checkpoint.size - 1
  const [newest] = await reader.at(log.origin, [last])
  // A newest row that is missing, or changed, is found where rows are verified.
  if (newest === undefined || newest.receivedUnixNs >= staleBefore) return unsealed
  const text = `the newest checkpoint expected a record received at or after ${formatInstant(staleBefore)}, for a sealer that lives says so; its last, ${last}, was received ${formatInstant(newest.receivedUnixNs)}`
  return [...unsealed, { code: 'checkpoint_stale', log: log.origin, index: last, text }]
}

async function unsealedRows(
  { origin, checkpoint }: SealedLog,
  reader: LeafReader,
  sealedByUnixNs: bigint | undefined,
): Promise<Finding[]> {
  const { size } = checkpoint
  const { rowCount, receivedUnixNsMin } = await reader.above(origin, size)
  if (rowCount === 0) return []
  if (sealedByUnixNs !== undefined && receivedUnixNsMin > sealedByUnixNs) return []
  const text = `the log expected no row from place ${size} on that should be sealed by now; got ${rowCount}, the first received ${formatInstant(receivedUnixNsMin)}`
  return [{ code: 'row_unsealed', log: origin, index: size, count: rowCount, text }]
}
