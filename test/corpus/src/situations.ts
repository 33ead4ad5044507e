import type { Situation } from './situation.ts'
import { directSituations } from './situations/direct.ts'
import { sideBySideSituations } from './situations/side-by-side.ts'
import { delegationSituations } from './situations/delegation.ts'
import { transportSituations } from './situations/transport.ts'
import { conflictSituations } from './situations/conflict.ts'
import { outcomeSituations } from './situations/outcomes.ts'
import { nameSituations } from './situations/names.ts'
import { thirdPartySituations } from './situations/third-party.ts'
import { standingSituations } from './situations/standing.ts'

/** Every situation, in the order of the table. */
export const situations: readonly Situation[] = [
  ...directSituations,
  ...sideBySideSituations,
  ...delegationSituations,
  ...transportSituations,
  ...conflictSituations,
  ...outcomeSituations,
  ...nameSituations,
  ...thirdPartySituations,
  ...standingSituations,
]
