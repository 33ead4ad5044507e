import type { QuestionCost, Reason } from '@whodid/model'
import type { Selector } from '@whodid/store'
import { printableLine } from '@whodid/model'
import { readFacts } from './read-facts.ts'
import type { InstanceFacts } from './read-facts.ts'

/** Instances above one that are looked at: with it, as many as a chain of delegation may have. */
const ancestorsMax = 4

/** An instance above another, and the facts of it. */
export interface Ancestor {
  readonly instance: string
  readonly facts: InstanceFacts
}

/** The instances above one, the nearest first, and what keeps the list from being whole. */
interface Lineage {
  readonly ancestors: readonly Ancestor[]
  readonly unknowns: readonly Reason[]
  readonly costs: readonly QuestionCost[]
}

/** Reads the facts of the instances above one, as far as its records name one parent each. Throws the errors of `Selector.select`. */
export async function readLineage(
  selector: Selector,
  tenant: string,
  { start, at }: { readonly start: Ancestor; readonly at: bigint },
): Promise<Lineage> {
  const ancestors: Ancestor[] = []
  const costs: QuestionCost[] = []
  const seen = new Set([start.instance])
  let current = start
  for (;;) {
    const [parent, second] = current.facts.parents
    if (parent === undefined) return { ancestors, costs, unknowns: [] }
    const child = printableLine(current.instance)
    if (second !== undefined)
      return unfinished('conflicting_parent', `Records name several parents of ${child}.`)
    if (seen.has(parent))
      return unfinished('parent_cycle', `${child} is, by its records, above itself.`)
    if (ancestors.length >= ancestorsMax)
      return unfinished('chain_too_deep', `More than ${ancestorsMax} instances stand above it.`)
    seen.add(parent)
    const { facts, cost } = await readFacts(selector, tenant, { id: parent, at })
    costs.push(cost)
    current = { instance: parent, facts }
    ancestors.push(current)
    if (facts.records === 0)
      return unfinished('parent_not_on_record', `No record of the parent ${printableLine(parent)}.`)
  }
  function unfinished(code: string, text: string): Lineage {
    return { ancestors, costs, unknowns: [{ code, text, span: null }] }
  }
}
