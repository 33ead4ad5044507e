import type { Decision } from './decision.ts'
import { joinLink } from './join-link.ts'
import { nameFromSteps } from './name-from-steps.ts'

/** A decision with what stands beside the act's trail and beyond its trace: the steps of its run, and the run that it resumes. */
export function completeDecision(decided: Decision): Decision {
  return joinLink(nameFromSteps(decided))
}
