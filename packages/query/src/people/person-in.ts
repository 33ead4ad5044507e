import { personByName } from '@whodid/reconcile'
import type { PersonOf } from '@whodid/reconcile'
import type { People } from './people.ts'

/** The one person whose name it is at an instant, by the list of people; the name itself where it is nobody's, or several people's. */
export function personIn(people: People): PersonOf {
  return (name, atUnixNs) => {
    const holders = new Set(people.holdersOf(name, atUnixNs).map(({ person }) => person))
    const [only] = holders
    return holders.size === 1 && only !== undefined ? only : personByName(name, atUnixNs)
  }
}
