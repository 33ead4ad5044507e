import type { StoredRow } from '@whodid/store'
import { deriveRow } from '../../offline/derive-row.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'

/** A record that a walk has read, and what it is found, bounded and ordered by. */
export interface WalkedRecord extends StoredRow {
  readonly span: string
  /** Nanoseconds since 1970. */
  readonly startUnixNs: bigint
  readonly receivedUnixNs: bigint
  /** The row of evidence that it makes around an act. */
  readonly kin: () => EvidenceRow
}

/** Reads a row of the ledger as a record of a walk. */
export function recordOf(row: StoredRow): WalkedRecord {
  const { columns } = row
  let made: EvidenceRow | undefined
  return {
    ...row,
    span: String(columns['span_id']).padStart(16, '0'),
    startUnixNs: unixNsOf(String(columns['ts'])),
    receivedUnixNs: unixNsOf(String(columns['received_at'])),
    kin: () => (made ??= deriveRow('kin', row, {})),
  }
}

/** Reads an instant as `formatInstant` writes it, or as the engine writes one. */
export function unixNsOf(instant: string): bigint {
  const ms = Date.parse(`${instant.slice(0, 10)}T${instant.slice(11, 19)}Z`)
  return BigInt(ms) * 1_000_000n + BigInt(instant.slice(20, 29))
}
