import type { Situation } from './situation.ts'
import { directSituations } from './situations/direct.ts'
import { sideBySideSituations } from './situations/side-by-side.ts'
import { delegationSituations } from './situations/delegation.ts'
import { missingSituations } from './situations/missing.ts'
import { deliverySituations } from './situations/delivery.ts'
import { conflictSituations } from './situations/conflict.ts'
import { outcomeSituations } from './situations/outcomes.ts'
import { nameSituations } from './situations/names.ts'
import { thirdPartySituations } from './situations/third-party.ts'
import { inputSituations } from './situations/inputs.ts'

/** Every situation, in the order of the table. */
export const situations: readonly Situation[] = [
  ...directSituations,
  ...sideBySideSituations,
  ...delegationSituations,
  ...missingSituations,
  ...deliverySituations,
  ...conflictSituations,
  ...outcomeSituations,
  ...nameSituations,
  ...thirdPartySituations,
  ...inputSituations,
]
