import { personByName } from '../matching/match-rules.ts'
import type { PersonOf } from '../matching/match-rules.ts'
import type { MatchedAct, MatchedEvent, Reconciled } from '../matching/match-events.ts'

/** Acts of one person, agent, credential or system in a report. */
export interface GhostGroup {
  readonly name: string
  readonly borrowed: number
  readonly unexplained: number
  readonly unconfirmed: number
}

/** The acts of one agent under one person's authority, in one system. */
export interface GhostIncident {
  readonly agent: string
  readonly person: string
  readonly credential: string
  readonly system: string
  readonly acts: number
  readonly firstUnixNs: bigint
  readonly lastUnixNs: bigint
  /** The earliest time at which the ledger held what lays one of the acts to the agent. */
  readonly attributedUnixNs: bigint
  /** Seconds from the first act to its attribution. */
  readonly dwellSeconds: number
}

/** A report on the acts whose actor is not who they seem, or that one side does not know. */
export interface GhostReport {
  readonly counts: Readonly<Record<string, number>>
  /** Acts under a person's name that were an agent's. */
  readonly borrowed: readonly MatchedEvent[]
  /** Acts that are an agent's, under an account that is no person's: its own, or one that it shares with others. */
  readonly agents: readonly MatchedEvent[]
  /** Events whose two sides differ. */
  readonly contradicted: readonly MatchedEvent[]
  /** Events that no record explains. */
  readonly unexplained: readonly MatchedEvent[]
  /** Acts on record that a log which declares that it would have them does not have. */
  readonly unconfirmed: readonly MatchedAct[]
  readonly by: Readonly<Record<'person' | 'agent' | 'credential' | 'system', readonly GhostGroup[]>>
  readonly incidents: readonly GhostIncident[]
  /** The median dwell time of the incidents that began on a day (UTC), oldest day first. */
  readonly dwell: readonly {
    readonly day: string
    readonly incidents: number
    readonly medianSeconds: number
  }[]
}

/**
 * Makes the report of a comparison. Its lists are whole and in the order of time, oldest first. Names of one person, as `personOf` has it, are one
 * entry by person; each event and incident has the name on record.
 */
export function reportGhosts(
  { events, acts }: Reconciled,
  personOf: PersonOf = personByName,
): GhostReport {
  const grouped = (name: string, atUnixNs: bigint): string => {
    const person = personOf(name, atUnixNs)
    return person === name.toLowerCase() ? name : person
  }
  const ordered = events.toSorted((a, b) => compare(a.event.atUnixNs, b.event.atUnixNs))
  const borrowed = ordered.filter(isBorrowed)
  const unexplained = ordered.filter(
    ({ result, acts: found }) => result === 'undetermined' && found.length === 0,
  )
  const unconfirmed = acts
    .filter(({ result }) => result === 'not_seen_downstream')
    .toSorted((a, b) => compare(a.act.startUnixNs, b.act.startUnixNs))
  const incidents = incidentsOf(borrowed)
  const lists = { borrowed, unexplained, unconfirmed }
  return {
    counts: countsOf(events, acts),
    ...lists,
    agents: ordered.filter((matched) => isAgents(matched) && !isBorrowed(matched)),
    contradicted: ordered.filter(({ result }) => result === 'contradicted'),
    by: {
      person: groupsOf(
        lists,
        ({ event }) => grouped(event.person, event.atUnixNs),
        ({ act }) => grouped(act.delegator, act.startUnixNs),
      ),
      agent: groupsOf(
        lists,
        ({ agent }) => agent,
        ({ act }) => act.instance,
      ),
      credential: groupsOf(
        lists,
        ({ event }) => event.credential,
        ({ act }) => act.credential,
      ),
      system: groupsOf(
        lists,
        ({ event }) => event.system,
        ({ act }) => systemOf(act.resource),
      ),
    },
    incidents,
    dwell: dwellOf(incidents),
  }
}

/** True when it was done under a person's name, and an agent did it. */
function isBorrowed(matched: MatchedEvent): boolean {
  return isAgents(matched) && matched.event.person !== ''
}

function isAgents({ result, agent }: MatchedEvent): boolean {
  return agent !== '' && (result === 'confirmed' || result === 'agent_unrecorded')
}

function countsOf(
  events: readonly MatchedEvent[],
  acts: readonly MatchedAct[],
): Record<string, number> {
  const counts: Record<string, number> = {
    events: events.length,
    confirmed: 0,
    contradicted: 0,
    agent_unrecorded: 0,
    human: 0,
    undetermined: 0,
    acts_confirmed: 0,
    acts_not_seen_downstream: 0,
  }
  for (const { result } of events) counts[result] = (counts[result] ?? 0) + 1
  for (const { result } of acts) counts[`acts_${result}`] = (counts[`acts_${result}`] ?? 0) + 1
  return counts
}

interface Lists {
  readonly borrowed: readonly MatchedEvent[]
  readonly unexplained: readonly MatchedEvent[]
  readonly unconfirmed: readonly MatchedAct[]
}

function groupsOf(
  { borrowed, unexplained, unconfirmed }: Lists,
  ofEvent: (event: MatchedEvent) => string,
  ofAct: (act: MatchedAct) => string,
): GhostGroup[] {
  const groups = new Map<string, { borrowed: number; unexplained: number; unconfirmed: number }>()
  const add = (name: string, list: keyof Lists): void => {
    if (name === '') return
    const group = groups.get(name) ?? { borrowed: 0, unexplained: 0, unconfirmed: 0 }
    groups.set(name, group)
    group[list] += 1
  }
  for (const one of borrowed) add(ofEvent(one), 'borrowed')
  for (const one of unexplained) add(ofEvent(one), 'unexplained')
  for (const one of unconfirmed) add(ofAct(one), 'unconfirmed')
  const size = (group: GhostGroup): number => group.borrowed + group.unexplained + group.unconfirmed
  return [...groups]
    .map(([name, counts]) => ({ name, ...counts }))
    .toSorted((a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1))
}

function systemOf(resource: string): string {
  return resource.split(':', 1)[0] ?? ''
}

function incidentsOf(borrowed: readonly MatchedEvent[]): GhostIncident[] {
  const incidents = new Map<string, GhostIncident>()
  for (const matched of borrowed) {
    const { event, agent, acts } = matched
    const { person } = event
    const credential = event.credential === '' ? (acts[0]?.credential ?? '') : event.credential
    const { system, atUnixNs } = event
    const key = JSON.stringify([agent, person, credential, system])
    const known = incidents.get(key)
    const attributed = attributedAt(matched)
    const firstUnixNs = known?.firstUnixNs ?? atUnixNs
    const earlier = known === undefined || attributed < known.attributedUnixNs
    const attributedUnixNs = earlier ? attributed : known.attributedUnixNs
    const dwellNs = attributedUnixNs > firstUnixNs ? attributedUnixNs - firstUnixNs : 0n
    incidents.set(key, {
      agent,
      person,
      credential,
      system,
      acts: (known?.acts ?? 0) + 1,
      firstUnixNs,
      lastUnixNs: atUnixNs,
      attributedUnixNs,
      dwellSeconds: Number(dwellNs / 1_000_000n) / 1_000,
    })
  }
  return [...incidents.values()]
}

/** The time at which the ledger had both sides. */
function attributedAt({ receivedUnixNs, acts }: MatchedEvent): bigint {
  return acts.reduce(
    (latest, act) => (act.receivedUnixNs > latest ? act.receivedUnixNs : latest),
    receivedUnixNs,
  )
}

function dwellOf(incidents: readonly GhostIncident[]): GhostReport['dwell'] {
  const days = new Map<string, number[]>()
  for (const { firstUnixNs, dwellSeconds } of incidents) {
    const day = new Date(Number(firstUnixNs / 1_000_000n)).toISOString().slice(0, 10)
    const known = days.get(day)
    if (known === undefined) days.set(day, [dwellSeconds])
    else known.push(dwellSeconds)
  }
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, seconds]) => ({ day, incidents: seconds.length, medianSeconds: medianOf(seconds) }))
}

function medianOf(values: readonly number[]): number {
  const ordered = values.toSorted((a, b) => a - b)
  const middle = ordered.length >> 1
  const upper = ordered[middle] ?? 0
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? 0) + upper) / 2
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}
