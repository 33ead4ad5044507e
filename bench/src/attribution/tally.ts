import type { Claim } from '@whodid/corpus'
import type { Mark, Marks } from './score-answer.ts'

/** The score of a claim over many answers. */
export interface ClaimTally {
  readonly given: number
  readonly right: number
  readonly sought: number
  readonly found: number
}

/** The score of many answers. */
export interface Tally {
  readonly questions: number
  readonly undetermined: number
  readonly decidable: number
  readonly decided: number
  readonly claims: Readonly<Record<Claim, ClaimTally>>
}

/** What is scored, in the order of the table. */
export const claims: readonly Claim[] = ['verdict', 'instance', 'delegator', 'prompt', 'chain']

/** Adds up the marks of answers. */
export function tally(marks: readonly Marks[]): Tally {
  const decidable = marks.filter((each) => each.decidable)
  const of = (claim: Claim): ClaimTally => tallyClaim(marks.map((each) => each[claim]))
  return {
    questions: marks.length,
    undetermined: marks.filter(({ verdict }) => !verdict.given).length,
    decidable: decidable.length,
    decided: decidable.filter(({ verdict }) => verdict.given).length,
    claims: {
      verdict: of('verdict'),
      instance: of('instance'),
      delegator: of('delegator'),
      prompt: of('prompt'),
      chain: of('chain'),
    },
  }
}

function tallyClaim(marks: readonly Mark[]): ClaimTally {
  return {
    given: marks.filter(({ given }) => given).length,
    right: marks.filter(({ right }) => right).length,
    sought: marks.filter(({ sought }) => sought).length,
    found: marks.filter(({ sought, right }) => sought && right).length,
  }
}

/** A share, or null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}
