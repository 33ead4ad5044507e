import type { ImportedEvent } from '../event/imported-event.ts'
import { clockErrorOf, isCovered } from './coverage.ts'
import type { Coverage } from './coverage.ts'
import {
  candidatesOf,
  exactRules,
  indexActs,
  isOtherThing,
  isSameAuthority,
  personByName,
} from './match-rules.ts'
import type { MatchRule, PersonOf } from './match-rules.ts'
import { actorOf } from './recorded-act.ts'
import type { RecordedAct } from './recorded-act.ts'

/** An event as the ledger holds it. */
export interface SealedEvent {
  readonly event: ImportedEvent
  /** Its record, `<trace>-<span>`. */
  readonly span: string
  readonly receivedUnixNs: bigint
}

/** The result of an event. */
export type EventResult =
  'confirmed' | 'contradicted' | 'agent_unrecorded' | 'human' | 'undetermined'

/** Why: a stable code each. */
export type EventReason =
  | 'one_record'
  | 'several_records_of_one_actor'
  | 'several_records'
  | 'several_events'
  | 'authority_unknown'
  | 'thing_unknown'
  | 'record_names_nobody'
  | 'outcome_differs'
  | 'thing_differs'
  | 'instance_differs'
  | 'human_record_with_agent_mark'
  | 'system_states_agent'
  | 'client_carries_agent_mark'
  | 'run_without_this_act'
  | 'no_record'

/** An event, and what the ledger says of it. */
export interface MatchedEvent extends SealedEvent {
  readonly result: EventResult
  readonly reason: EventReason
  /** The rule that found the acts; undefined where none did. */
  readonly rule: MatchRule | undefined
  /** The acts that it may be: one, several that stay open, or none. */
  readonly acts: readonly RecordedAct[]
  /** The agent that it is laid to: an instance, a template, or the name in its mark; '' for none. */
  readonly agent: string
}

/** An act of an agent, and what the world's own logs say of it. */
export interface MatchedAct {
  readonly act: RecordedAct
  readonly result: 'confirmed' | 'not_seen_downstream'
  /** The events that confirm it, by their records. */
  readonly events: readonly string[]
}

/** The events and acts of a period, and what the importers declare of them. */
export interface Reconciliation {
  readonly events: readonly SealedEvent[]
  readonly acts: readonly RecordedAct[]
  readonly coverages: readonly Coverage[]
  /** Default: `personByName`. */
  readonly personOf?: PersonOf
}

/** The result of a comparison. */
export interface Reconciled {
  readonly events: readonly MatchedEvent[]
  /** The acts of agents that are confirmed, or absent from a log that declares that it would have them. */
  readonly acts: readonly MatchedAct[]
}

/**
 * Holds the events of other systems' logs against the acts on record. An event that several acts of different actors may be, and an
 * act that several events of one kind may be, stay open. The absence of a record is never evidence of a human, and the absence of an
 * event says something only where an importer declares that its log would have it.
 */
export function reconcile({
  events,
  acts,
  coverages,
  personOf = personByName,
}: Reconciliation): Reconciled {
  const index = indexActs(acts)
  const found = events.map((sealed) => ({
    sealed,
    found: candidatesOf(sealed.event, index, clockErrorOf(coverages, sealed.event.system)),
  }))
  const rivals = countRivals(found)
  const byRun = new Map(acts.flatMap((act) => act.spans.map((span) => [span.slice(0, 32), act])))
  const matched = found.map(({ sealed, found: match }): MatchedEvent => {
    if (match === undefined) return { ...sealed, ...judgeUnmatched(sealed.event, byRun) }
    const isRival = (rivals.get(rivalKey(sealed.event, match)) ?? 0) > 1
    return { ...sealed, ...judgeMatched(sealed.event, match, { isRival, personOf }) }
  })
  return { events: matched, acts: judgeActs(matched, acts, coverages) }
}

interface Found {
  readonly rule: MatchRule
  readonly acts: readonly RecordedAct[]
}

/** Events of one kind that one act was found for, by a rule that goes by the clock. */
function countRivals(
  found: readonly { readonly sealed: SealedEvent; readonly found: Found | undefined }[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { sealed, found: match } of found) {
    const key = match === undefined ? '' : rivalKey(sealed.event, match)
    if (key !== '') counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function rivalKey({ system, operation }: ImportedEvent, { rule, acts }: Found): string {
  if (exactRules.has(rule) || acts.length !== 1) return ''
  return JSON.stringify([system, operation, acts[0]?.id ?? ''])
}

type Judgement = Omit<MatchedEvent, keyof SealedEvent>

function judgeMatched(
  event: ImportedEvent,
  found: Found,
  { isRival, personOf }: { readonly isRival: boolean; readonly personOf: PersonOf },
): Judgement {
  const { rule, acts } = found
  const [first] = acts
  const base = { rule, acts, agent: '' }
  if (first === undefined) return { ...base, result: 'undetermined', reason: 'no_record' }
  const open = openReason(event, found, personOf)
  if (open !== undefined) return { ...base, result: 'undetermined', reason: open }
  const agent = first.verdict === 'agent' ? actorOf(first) : ''
  if (isRival) return { ...base, agent, result: 'undetermined', reason: 'several_events' }
  const difference = acts.length === 1 ? differenceOf(event, first) : undefined
  if (difference !== undefined)
    return { ...base, agent, result: 'contradicted', reason: difference }
  const reason = acts.length === 1 ? 'one_record' : 'several_records_of_one_actor'
  switch (first.verdict) {
    case 'agent':
    case 'service':
      return { ...base, agent, result: 'confirmed', reason }
    case 'human':
      return { ...base, result: 'human', reason }
    case 'undetermined':
      return { ...base, result: 'undetermined', reason: 'record_names_nobody' }
  }
}

/** Why an event may be the acts that were found, and is laid to nobody; undefined where nothing speaks against it. */
function openReason(
  event: ImportedEvent,
  { rule, acts }: Found,
  personOf: PersonOf,
): EventReason | undefined {
  if (new Set(acts.map(actorOf)).size > 1) return 'several_records'
  // The same thing at the same time, under a name that may be anybody's.
  if (rule === 'same_act' && !acts.every((act) => isSameAuthority(act, event, personOf)))
    return 'authority_unknown'
  if (rule === 'credential' && !acts.every(({ resource }) => isSameThing(resource, event)))
    return 'thing_unknown'
  return undefined
}

function isSameThing(resource: string, event: ImportedEvent): boolean {
  return resource !== '' && resource === event.resource
}

function differenceOf(event: ImportedEvent, act: RecordedAct): EventReason | undefined {
  const { carried, marks, outcome, resource } = event
  if (carried.instance !== '' && act.instance !== '' && carried.instance !== act.instance)
    return 'instance_differs'
  if (act.verdict === 'human' && marks.length > 0) return 'human_record_with_agent_mark'
  if (isOtherThing(act.resource, resource)) return 'thing_differs'
  const succeeded = act.outcome === 'success'
  const failed = act.outcome === 'failure' || act.outcome === 'denied'
  if (outcome !== '' && ((succeeded && outcome !== 'success') || (failed && outcome === 'success')))
    return 'outcome_differs'
  return undefined
}

function judgeUnmatched(
  { marks, carried }: ImportedEvent,
  byRun: ReadonlyMap<string, RecordedAct>,
): Judgement {
  const none = { rule: undefined, acts: [] }
  const stated = marks.find(({ by }) => by === 'system')
  if (stated !== undefined)
    return {
      ...none,
      result: 'agent_unrecorded',
      reason: 'system_states_agent',
      agent: stated.value,
    }
  const run = byRun.get(carried.traceIdHex)
  if (run?.verdict === 'agent')
    return {
      ...none,
      result: 'agent_unrecorded',
      reason: 'run_without_this_act',
      agent: actorOf(run),
    }
  const agent = [carried.instance, carried.template, marks[0]?.value ?? ''].find(
    (one) => one !== '',
  )
  if (agent !== undefined)
    return { ...none, result: 'agent_unrecorded', reason: 'client_carries_agent_mark', agent }
  return { ...none, result: 'undetermined', reason: 'no_record', agent: '' }
}

function judgeActs(
  matched: readonly MatchedEvent[],
  acts: readonly RecordedAct[],
  coverages: readonly Coverage[],
): MatchedAct[] {
  const confirmedBy = new Map<string, string[]>()
  const open = new Set<string>()
  for (const { acts: found, result, span } of matched) {
    const [only] = found
    if (only !== undefined && found.length === 1 && result === 'confirmed')
      append(confirmedBy, only.id, span)
    // An act that an event may be is not absent from the log.
    else for (const act of found) open.add(act.id)
  }
  return acts.flatMap((act): MatchedAct[] => {
    if (act.verdict !== 'agent') return []
    const events = confirmedBy.get(act.id)
    if (events !== undefined) return [{ act, result: 'confirmed', events }]
    const happened = act.outcome !== 'failure' && act.outcome !== 'denied'
    const isAbsent =
      happened && !open.has(act.id) && coverages.some((coverage) => isCovered(coverage, act))
    return isAbsent ? [{ act, result: 'not_seen_downstream', events: [] }] : []
  })
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
