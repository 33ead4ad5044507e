import { formatInstant } from '@whodid/model'
import type { LeafReader } from '@whodid/store'
import type { Finding } from '../finding.ts'
import type { SealedLog } from '../tlog/sealed-log.ts'

/** The times by which rows must be sealed and a checkpoint must be renewed. */
export interface Freshness {
  /** Nanoseconds since 1970; a row received at or before it must be sealed by now. Default: every row must. */
  readonly sealedByUnixNs?: bigint
  /**
   * Nanoseconds since 1970 at or after which the newest sealed record must have been received; a running sequencer adds
   * one at least each 45 seconds. Default: it may be of any age, unless there are rows that should be sealed.
   */
  readonly freshByUnixNs?: bigint
}

/**
 * Returns a finding for rows above the checkpoint, which wait for the sequencer or were inserted without it, and for a
 * checkpoint that is older than a running sequencer's. Throws as `LeafReader` does.
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
  // The verification of rows finds a newest row that is missing or changed.
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
