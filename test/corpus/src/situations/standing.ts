import type { Situation } from '../situation.ts'
import { denialSituations } from './denial.ts'
import { inputSituations } from './inputs.ts'
import { reachSituations } from './reach.ts'

/** What was read before, how far a sender's word reaches, and whom it can deny. */
export const standingSituations: readonly Situation[] = [
  ...inputSituations,
  ...reachSituations,
  ...denialSituations,
]
