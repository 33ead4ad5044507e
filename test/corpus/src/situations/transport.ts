import type { Situation } from '../situation.ts'
import { deliverySituations } from './delivery.ts'
import { missingSituations } from './missing.ts'

/** What happens to spans on their way: some never arrive, others late, twice or out of order. */
export const transportSituations: readonly Situation[] = [
  ...missingSituations,
  ...deliverySituations,
]
