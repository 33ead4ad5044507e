import { candidateKinds, spellingDistance } from '@whodid/model'
import type { CandidateKind, QuestionCost } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { askStatement } from '../questions/ask-statement.ts'
import type { FoundRow } from './found.ts'
import type { SoughtTime } from './names-sql.ts'
import { planComparedNames } from './recent-sql.ts'

/** A name on record that is near to a typed one. */
export interface NearName {
  readonly kind: CandidateKind
  readonly name: string
}

/** UTF-16 units of a name that is compared: the work grows with the square. */
const comparedLengthMax = 64
const comparedLengthMin = 4
/** Words of a clue that are compared. */
const typedMax = 4
/** Names suggested. */
const suggestedMax = 5

/**
 * Finds the names of recent records that differ from what was typed by a letter or two. A name that differs in a number is another name, and not a slip.
 * Throws the errors of `Selector.select`.
 */
export async function nearSpelling(
  selector: Selector,
  tenant: string,
  { typed, time }: { readonly typed: readonly string[]; readonly time: SoughtTime },
): Promise<{ readonly near: readonly NearName[]; readonly costs: readonly QuestionCost[] }> {
  const words = typed
    .map((word) => word.toLowerCase())
    .filter(({ length }) => length >= comparedLengthMin && length <= comparedLengthMax)
    .slice(0, typedMax)
  if (words.length === 0) return { near: [], costs: [] }
  const { rows, cost } = await askStatement<FoundRow>(selector, planComparedNames(time, tenant))
  return { near: nearest(words, rows), costs: [cost] }
}

function nearest(words: readonly string[], rows: readonly FoundRow[]): NearName[] {
  const near = rows.flatMap(({ kind, name }) => {
    const parts = [name, ...(kind === 'resource' ? name.split(/[/:]/u) : [])]
    const distances = parts.flatMap((part) =>
      words.map((word) => distanceOf(word, part.toLowerCase())),
    )
    const distance = Math.min(...distances)
    return Number.isFinite(distance) ? [{ kind, name, distance }] : []
  })
  return near
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, suggestedMax)
    .flatMap(({ kind, name }) => {
      const known = candidateKinds.find((candidate) => candidate === kind)
      return known === undefined ? [] : [{ kind: known, name }]
    })
}

/** The number of slips from one name to the other; infinite where they are rather two names. */
function distanceOf(typed: string, name: string): number {
  const far = Number.POSITIVE_INFINITY
  const slipsMax = Math.min(typed.length, name.length) <= 5 ? 1 : 2
  if (name.length < comparedLengthMin || name.length > comparedLengthMax) return far
  if (Math.abs(typed.length - name.length) > slipsMax || typed === name) return far
  if (typed.replace(/\D/gu, '') !== name.replace(/\D/gu, '')) return far
  const slips = spellingDistance(typed, name)
  return slips <= slipsMax ? slips : far
}
