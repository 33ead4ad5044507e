import { formatInstant, parseInstant } from '@whodid/model'
import type { Gap, PersonOfName, WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../text.ts'
import type { NameOfPerson, People } from './people.ts'

/** Names of an answer whose people are shown. */
const namesShownMax = 64

/**
 * Adds to an answer the people behind the names of humans in it, at the time of the act. The names on record stay as they are. A name
 * of two people at that time is a gap, and both are shown.
 */
export function describePeople(answer: WhoDidAnswer, people: People, now: bigint): WhoDidAnswer {
  const at = answer.action === null ? now : parseInstant(answer.action.started_at, 'started_at')
  const found = namesIn(answer).map((name) => ({ name, holders: people.holdersOf(name, at) }))
  const shown = found.flatMap(({ holders }) => holders.map(describeName))
  if (shown.length === 0) return answer
  const conflicts = found
    .filter(({ holders }) => new Set(holders.map(({ person }) => person)).size > 1)
    .map(({ name, holders }) => conflictGap(name, holders))
  return { ...answer, gaps: [...answer.gaps, ...conflicts], people: shown }
}

/** A name as an answer shows it. */
export function describeName({
  person,
  name,
  kind,
  source,
  from,
  until,
}: NameOfPerson): PersonOfName {
  return {
    name: nameOrNull(name) ?? '',
    person: nameOrNull(person) ?? '',
    kind: nameOrNull(kind) ?? '',
    source: nameOrNull(source) ?? '',
    rule: 'alias_of',
    grade: 'inferred',
    from: from === 0n ? null : formatInstant(from),
    until: until === null ? null : formatInstant(until),
  }
}

function namesIn(answer: WhoDidAnswer): string[] {
  const { actor, delegator, credential, delegation_chain: chain } = answer
  const named = [
    actor?.type === 'human' ? actor.id : '',
    delegator?.type === 'human' ? delegator.id : '',
    credential?.subject ?? '',
    ...chain.flatMap(({ type, id }) => (type === 'human' ? [id] : [])),
  ]
  return [...new Set(named)].filter((name) => name !== '').slice(0, namesShownMax)
}

function conflictGap(name: string, holders: readonly NameOfPerson[]): Gap {
  const persons = [...new Set(holders.map(({ person }) => nameOrNull(person) ?? ''))]
  return {
    code: 'conflicting_alias',
    text: `“${nameOrNull(name) ?? ''}” is on the list as a name of ${persons.join(' and of ')} at that time: which of them it was is not known.`,
    span: null,
  }
}
