import type { CollectorLimits } from '../limits.ts'

/** What an open segment holds. */
export interface OpenLevels {
  readonly rowCount: number
  readonly bytes: number
}

type SegmentLimits = Pick<
  CollectorLimits,
  | 'segmentRowsMax'
  | 'segmentBytesMax'
  | 'segmentAgeMaxMs'
  | 'segmentBusyRows'
  | 'segmentBusyAgeMaxMs'
>

/**
 * Milliseconds after its first record at which a segment is closed, as it stands now: 0 when it is full, Infinity while
 * one of `unstoredCount` before it is on its way, for it would only wait behind that.
 *
 * Merges are most of what a row costs the engine, and rows that come in one insert are merged fewer times than rows that
 * come in ten: so a segment that fills fast is given longer, and one that is behind an insert goes on filling.
 */
export function segmentAge(open: OpenLevels, unstoredCount: number, limits: SegmentLimits): number {
  if (open.rowCount >= limits.segmentRowsMax || open.bytes >= limits.segmentBytesMax) return 0
  if (unstoredCount > 0) return Number.POSITIVE_INFINITY
  if (open.rowCount < limits.segmentBusyRows) return limits.segmentAgeMaxMs
  return Math.max(limits.segmentAgeMaxMs, limits.segmentBusyAgeMaxMs)
}
