import type { Decision } from './decide.ts'
import { parentOf } from './join-path.ts'

/** The maximum number of instances followed; a longer line is a loop. */
const ancestorsMax = 64

/**
 * Returns the acting instance and its ancestors, nearest first: by the parent that each names, else by the grant it
 * works under, as far as the record reaches. Ends at a cycle. Empty when no instance is known.
 */
export function lineageOf(decision: Decision): readonly string[] {
  const parents = claimedParents(decision)
  addGivers(decision, parents)
  const line: string[] = []
  let instance = decision.claimedInstance
  while (instance !== '' && !line.includes(instance) && line.length < ancestorsMax) {
    line.push(instance)
    instance = parents.get(instance) ?? ''
  }
  return line
}

function claimedParents(decision: Decision): Map<string, string> {
  const parents = new Map<string, string>()
  for (const key of decision.evidence.relatedRecords.keys()) {
    const record = decision.mergedRecord(key)?.record
    if (record === undefined || record.channel === 'unentitled' || record.instance === '') continue
    const parent = parentOf(record)
    if (parent !== '' && !parents.has(record.instance)) parents.set(record.instance, parent)
    // A chain names every ancestor of its holder, the delegator first.
    record.delegation_chain.slice(1).forEach((id, index, chain) => {
      const next = chain[index + 1]
      if (next !== undefined && !parents.has(next)) parents.set(next, id)
    })
  }
  return parents
}

/** Adds the giver of a grant as the parent of its holder when the holder names none. */
function addGivers(decision: Decision, parents: Map<string, string>): void {
  let holder = ''
  for (const { record, joinedBy } of decision.path) {
    const { instance } = record
    if (instance === '' || record.channel === 'unentitled') continue
    const isGiver = joinedBy === 'delegation' && holder !== '' && holder !== instance
    if (isGiver && !parents.has(holder)) parents.set(holder, instance)
    holder = instance
  }
}
