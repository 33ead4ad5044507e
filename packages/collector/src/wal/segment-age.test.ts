import { describe, expect, it } from 'vitest'
import { collectorLimits } from '../limits.ts'
import { segmentAge } from './segment-writer.ts'

const few = { rowCount: 1, bytes: 1 }
const { segmentRowsMax, segmentBytesMax, segmentAgeMaxMs, segmentBusyRows, segmentBusyAgeMaxMs } =
  collectorLimits

describe('segment age', () => {
  it('is short for few rows and longer for many', () => {
    expect(segmentAge(few, 0, collectorLimits)).toBe(segmentAgeMaxMs)
    expect(segmentAge({ ...few, rowCount: segmentBusyRows }, 0, collectorLimits)).toBe(
      segmentBusyAgeMaxMs,
    )
  })

  it('does not end while an insert is under way, but for a full segment', () => {
    expect(segmentAge(few, 1, collectorLimits)).toBe(Number.POSITIVE_INFINITY)
    expect(segmentAge({ ...few, rowCount: segmentRowsMax }, 1, collectorLimits)).toBe(0)
    expect(segmentAge({ ...few, bytes: segmentBytesMax }, 1, collectorLimits)).toBe(0)
  })

  it('is never shorter for many rows than for few', () => {
    const limits = { ...collectorLimits, segmentAgeMaxMs: 5_000 }
    expect(segmentAge({ ...few, rowCount: segmentBusyRows }, 0, limits)).toBe(5_000)
  })
})
