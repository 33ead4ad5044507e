import type { Measure } from '../bench.ts'
import { median, spreadOf } from '../percentile.ts'
import { canReadUsage, noUsageReason } from '../process-usage.ts'

/** A measure before it is known whether it could be taken. */
export interface Taken {
  readonly name: string
  readonly unit: Measure['unit']
  readonly of: string
  /** One a round; empty where there is nobody to compare with. */
  readonly values: readonly number[]
  /** Of the whole run; by default the values' median. */
  readonly value?: number | undefined
  /** Why there are no values. */
  readonly why?: string | undefined
  /** Whether it rests on the CPU time or memory of another process. */
  readonly needsUsage?: boolean
}

/** Makes a measure of what was taken: what is no number is none, and says why. */
export function takenMeasure(taken: Taken): Measure {
  const { name, unit, of, values, why } = taken
  if (taken.needsUsage === true && !canReadUsage)
    return { name, value: null, unit, of, why: noUsageReason }
  const value = taken.value ?? median(values)
  if (!Number.isFinite(value))
    return { name, value: null, unit, of, why: why ?? 'too little was measured' }
  if (values.length < 2) return { name, value, unit, of }
  return { name, value, unit, of, spread: spreadOf(values) }
}
