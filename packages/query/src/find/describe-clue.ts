import { formatInstant, printableLine } from '@whodid/model'
import type { FindAnswer, Search } from '@whodid/model'
import type { FindQuestion } from './question.ts'

/** Describes the clue as it was read, safe to print. */
export function describeClue({
  clue,
  isCut,
  after,
  before,
  isTimeOfClue,
  readings,
  time,
}: FindQuestion): Pick<FindAnswer, 'clue' | 'is_cut' | 'time' | 'readings'> {
  const instant = (ns: bigint | null): string | null => (ns === null ? null : formatInstant(ns))
  const verbs =
    time.verbs.length === 0 ? 'acts other than reads' : `acts of ${time.verbs.join(', ')}`
  const ofTime = { reading: 'time', text: `a time, and ${verbs} in it` }
  return {
    clue: printableLine(clue, 600),
    is_cut: isCut,
    time: { after: instant(after), before: instant(before), from_clue: isTimeOfClue },
    readings:
      readings.length === 0
        ? [ofTime]
        : readings.map(({ form, text }) => ({ reading: form, text })),
  }
}

/** Says what to do next, where nothing was found or a bound was met; null where neither is so. */
export function adviceFor(isFound: boolean, searched: readonly Search[]): string | null {
  const bounded = searched.filter(({ needs_time: needsTime }) => needsTime)
  const oldest = bounded.flatMap(({ reached }) => reached ?? []).toSorted()[0]
  const older =
    bounded.length === 0
      ? []
      : [`Give a time to look further back${oldest === undefined ? '' : `: before ${oldest}`}.`]
  if (isFound) return older[0] ?? null
  return [
    'Nothing on record fits, in what was looked at. Absence of a record is no evidence of a human.',
    ...older,
  ].join(' ')
}
