import type { ImportedEvent } from '../event/imported-event.ts'
import { isSameVerb } from '../event/verb-class.ts'
import type { RecordedAct } from './recorded-act.ts'

/**
 * The rules by which an event of another system's log is joined with an act, strongest first. `carried_…`: the client carried an identifier
 * of the ledger. `credential`: the same credential, thing and verb; where one side names no thing, it leaves the event open. `same_act`: the
 * same thing and verb within the clock error; it decides only where the credential or the person is the same too.
 */
export const matchRules = [
  'carried_span',
  'carried_action',
  'carried_trace',
  'carried_instance',
  'credential',
  'tool_call',
  'same_act',
] as const

export type MatchRule = (typeof matchRules)[number]

/** Rules that find the act without the clock. */
export const exactRules: ReadonlySet<MatchRule> = new Set([
  'carried_span',
  'carried_action',
  'tool_call',
])

/** Acts by the names that rules look for. */
export interface ActIndex {
  readonly bySpan: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byTrace: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byAction: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byInstance: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byCredential: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byToolCall: ReadonlyMap<string, readonly RecordedAct[]>
  readonly byResource: ReadonlyMap<string, readonly RecordedAct[]>
}

/** Indexes acts, in one pass. Those of a name stand in the order of their start. */
export function indexActs(acts: readonly RecordedAct[]): ActIndex {
  const ordered = acts.toSorted((a, b) => (a.startUnixNs < b.startUnixNs ? -1 : 1))
  const index = (namesOf: (act: RecordedAct) => readonly string[]): Map<string, RecordedAct[]> => {
    const found = new Map<string, RecordedAct[]>()
    for (const act of ordered)
      for (const name of new Set(namesOf(act))) {
        if (name === '') continue
        const known = found.get(name)
        if (known === undefined) found.set(name, [act])
        else known.push(act)
      }
    return found
  }
  return {
    bySpan: index(({ spans }) => spans),
    byTrace: index(({ spans }) => spans.map((span) => span.slice(0, 32))),
    byAction: index(({ id }) => [id]),
    byInstance: index(({ instance }) => [instance]),
    byCredential: index(({ credential }) => [credential]),
    byToolCall: index(({ toolCall }) => [toolCall]),
    byResource: index(({ resource }) => [resource]),
  }
}

/** The acts that the strongest rule with any finds for an event; undefined where no rule does. */
export function candidatesOf(
  event: ImportedEvent,
  index: ActIndex,
  clockErrorNs: bigint,
): { readonly rule: MatchRule; readonly acts: readonly RecordedAct[] } | undefined {
  const near = new Near(event, clockErrorNs)
  for (const rule of matchRules) {
    const acts = finders[rule](event, index, near)
    if (acts.length > 0) return { rule, acts }
  }
  return undefined
}

type Finder = (event: ImportedEvent, index: ActIndex, near: Near) => readonly RecordedAct[]

const finders: Readonly<Record<MatchRule, Finder>> = {
  carried_span: ({ carried }, { bySpan }) =>
    carried.spanIdHex === ''
      ? []
      : (bySpan.get(`${carried.traceIdHex}-${carried.spanIdHex}`) ?? []),
  carried_action: ({ carried }, { byAction }) => byAction.get(carried.action) ?? [],
  carried_trace: ({ carried }, { byTrace }, near) =>
    near.sameThingOrVerb(byTrace.get(carried.traceIdHex)),
  carried_instance: ({ carried }, { byInstance }, near) =>
    near.sameThingOrVerb(byInstance.get(carried.instance)),
  // A person may use the credential at the same time, on something else.
  credential: ({ credential, resource }, { byCredential }, near) =>
    near
      .sameThingOrVerb(byCredential.get(credential))
      .filter((act) => act.resource === resource || act.resource === '' || resource === ''),
  tool_call: ({ carried }, { byToolCall }) => byToolCall.get(carried.toolCall) ?? [],
  same_act: (event, { byResource }, near) =>
    near
      .inTime(byResource.get(event.resource))
      .filter((act) => isSameVerb(act.verb, event.verb) && !isOtherAuthority(act, event)),
}

/**
 * The person behind a name at an instant; the name itself, in lower case, where nobody is known to have it, or several people are. Names of
 * one person in two systems give the same text.
 */
export type PersonOf = (name: string, atUnixNs: bigint) => string

/** Takes every name for a person of its own. */
export const personByName: PersonOf = (name) => name.toLowerCase()

/** True when an event and an act name one credential or one person. */
export function isSameAuthority(
  { user, delegator, credential }: RecordedAct,
  event: ImportedEvent,
  personOf: PersonOf,
): boolean {
  if (credential !== '' && credential === event.credential) return true
  if (event.person === '') return false
  const person = personOf(event.person, event.atUnixNs)
  return [user, delegator].some((name) => name !== '' && personOf(name, event.atUnixNs) === person)
}

/** True when both name a credential and they differ. Accounts have a name in each system: two that differ may be one person. */
function isOtherAuthority(act: RecordedAct, event: ImportedEvent): boolean {
  return act.credential !== '' && event.credential !== '' && act.credential !== event.credential
}

/** Narrows acts to those at the time of an event. */
class Near {
  readonly #event: ImportedEvent
  readonly #clockErrorNs: bigint

  constructor(event: ImportedEvent, clockErrorNs: bigint) {
    this.#event = event
    this.#clockErrorNs = clockErrorNs
  }

  inTime(acts: readonly RecordedAct[] = []): readonly RecordedAct[] {
    const { atUnixNs } = this.#event
    const end = firstAfter(acts, atUnixNs + this.#clockErrorNs)
    // Acts overlap: those that began long before may still run, and so many are looked at.
    return acts
      .slice(Math.max(0, end - overlappingMax), end)
      .filter((act) => act.endUnixNs + this.#clockErrorNs >= atUnixNs)
  }

  /** Those in time on the same thing; where none is, those in time by the same verb whose thing is of another kind or unknown. */
  sameThingOrVerb(acts: readonly RecordedAct[] | undefined): readonly RecordedAct[] {
    const { resource, verb } = this.#event
    const timely = this.inTime(acts)
    const same = timely.filter((act) => act.resource !== '' && act.resource === resource)
    const ofVerb = same.filter((act) => isSameVerb(act.verb, verb))
    if (ofVerb.length > 0) return ofVerb
    if (same.length > 0 && verb === '') return same
    return timely.filter(
      (act) => isSameVerb(act.verb, verb) && !isOtherThing(act.resource, resource),
    )
  }
}

/** Acts under one name that are looked at for one event, newest first. */
const overlappingMax = 1_000

function firstAfter(acts: readonly RecordedAct[], atUnixNs: bigint): number {
  let low = 0
  let high = acts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((acts[middle]?.startUnixNs ?? 0n) <= atUnixNs) low = middle + 1
    else high = middle
  }
  return low
}

/** True when both are of one kind of one system (`github:pull:`) and not the same: then they are two things. */
export function isOtherThing(one: string, other: string): boolean {
  if (one === '' || other === '' || one === other) return false
  return kindOf(one) === kindOf(other)
}

function kindOf(resource: string): string {
  const [scheme = '', rest = ''] = resource.split(':', 2)
  // `s3://acme-files/1` and `s3://acme-files/2` are two things of one kind.
  return rest.startsWith('//') ? `${scheme}://` : `${scheme}:${rest}`
}
