import { hintRules } from '@whodid/model'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { isAttested } from './sealed-grade.ts'

/** The record that makes each claim on the subject; undefined when none does. */
export interface Claims {
  readonly actor: EvidenceRecord | undefined
  readonly instance: EvidenceRecord | undefined
  readonly template: EvidenceRecord | undefined
  readonly delegator: EvidenceRecord | undefined
  /** Two records that disagree on one claim: neither is believed. Empty when none disagree. */
  readonly conflicting: readonly EvidenceRecord[]
  /** The same for the delegator alone: the actor is still known. */
  readonly conflictingDelegators: readonly EvidenceRecord[]
  /** Maps the key of each record whose identity is not admitted to the record whose claims replace it. */
  readonly overwritten: ReadonlyMap<string, EvidenceRecord>
}

/**
 * Finds the record that makes each claim: the subject's own, else the nearest ancestor that makes the claim (rule
 * `inherited_from_ancestor`). A human's or a service's own act inherits nothing, and nothing is inherited past one.
 *
 * A `said` claim outranks one `read` from another vocabulary, at any distance; a `hinted` one never names an instance.
 * A record without a type of actor makes no claim; when it still names somebody else, the two conflict. An agent that
 * names another template than the instance above it is another agent, whose instance no record names.
 */
export function resolveClaims(ancestors: readonly EvidenceRecord[]): Claims {
  const overwritten = overwrittenDownstream(ancestors)
  const admitted = ancestors.map((record) =>
    overwritten.has(record.key) || record.actor_type === '' ? silenced(record) : record,
  )
  const actor = admitted.find((record) => record.actor_type !== '')
  if (actor === undefined || actor.actor_type !== 'agent')
    return {
      ...nobody,
      actor: actor === undefined ? undefined : original(ancestors, actor),
      overwritten,
    }
  const border = admitted.findIndex((r) => r.actor_type !== '' && r.actor_type !== 'agent')
  const claimSources = border < 0 ? admitted : admitted.slice(0, border)
  const said = find(claimSources, 'instance', 'said')
  const read = find(claimSources, 'instance', 'read')
  const stray = strayNames(ancestors.slice(0, claimSources.length), overwritten)
  const named = said ?? read
  const other = named === undefined ? undefined : anotherAgent(claimSources, named)
  const instance = other === undefined ? named : undefined
  return {
    actor,
    overwritten,
    instance,
    template: other ?? templateOf(claimSources, instance),
    ...delegatorOf(claimSources, instance, stray),
    conflicting: instanceConflict(claimSources, said, { read, stray }),
  }
}

const nobody = {
  instance: undefined,
  template: undefined,
  delegator: undefined,
  conflicting: [],
  conflictingDelegators: [],
} satisfies Omit<Claims, 'actor' | 'overwritten'>

/** Returns a record without its claims on the actor; the record above it makes them. */
export function silenced(record: EvidenceRecord): EvidenceRecord {
  return {
    ...record,
    actor_type: '',
    template: '',
    instance: '',
    delegator: '',
    delegator_type: '',
  }
}

/** Returns the records without a type of actor, which may still name somebody. */
function strayNames(
  ancestors: readonly EvidenceRecord[],
  overwritten: ReadonlyMap<string, unknown>,
): readonly EvidenceRecord[] {
  return ancestors.filter((record) => record.actor_type === '' && !overwritten.has(record.key))
}

function original(ancestors: readonly EvidenceRecord[], admitted: EvidenceRecord): EvidenceRecord {
  return ancestors.find((record) => record.key === admitted.key) ?? admitted
}

function find(
  claimSources: readonly EvidenceRecord[],
  claim: Claim,
  strength: ReturnType<typeof claimStrength>,
): EvidenceRecord | undefined {
  return claimSources.find((record) => claimStrength(record, claim) === strength)
}

/**
 * Returns the two records that conflict on the instance; empty when none do. A run that another vocabulary names below
 * a said instance, from another exporter or service (else it would be overwritten), may be a second agent or the same
 * one. An instance that is said below another, in one process, conflicts with it unless something links the two.
 */
function instanceConflict(
  claimSources: readonly EvidenceRecord[],
  said: EvidenceRecord | undefined,
  { read, stray }: { read: EvidenceRecord | undefined; stray: readonly EvidenceRecord[] },
): readonly EvidenceRecord[] {
  if (said === undefined) return []
  const other = stray.find(
    (record) =>
      claimStrength(record, 'instance') === 'said' &&
      record.instance !== said.instance &&
      claimSources.findIndex(({ key }) => key === record.key) < claimSources.indexOf(said),
  )
  if (other !== undefined) return [other, said]
  if (
    read !== undefined &&
    claimSources.indexOf(read) < claimSources.indexOf(said) &&
    read.instance !== said.instance
  )
    return [read, said]
  // What the instance's own key has signed, no record above it disputes.
  if (isAttested(said)) return []
  const above = claimSources
    .slice(claimSources.indexOf(said) + 1)
    .find(
      (record) => claimStrength(record, 'instance') === 'said' && record.instance !== said.instance,
    )
  if (above === undefined || isLinked(claimSources, said, above)) return []
  const isOneProcess = said.exporter === above.exporter && said.service === above.service
  return isOneProcess && said.template === above.template ? [said, above] : []
}

/** True when one instance says that it descends from the other, or began with a record of its own. */
function isLinked(
  claimSources: readonly EvidenceRecord[],
  said: EvidenceRecord,
  above: EvidenceRecord,
): boolean {
  return claimSources.some(
    (record) =>
      record.instance === said.instance &&
      (record.instance_parent !== '' ||
        record.delegation_chain.includes(above.instance) ||
        ['session', 'prompt', 'delegation'].includes(record.kind)),
  )
}

/** Returns the nearest record below `named` that names another template: it is of another agent. */
function anotherAgent(
  claimSources: readonly EvidenceRecord[],
  named: EvidenceRecord,
): EvidenceRecord | undefined {
  const own = claimStrength(named, 'template')
  if (own !== 'said' && own !== 'read') return undefined
  return claimSources.slice(0, claimSources.indexOf(named)).find((record) => {
    const strength = claimStrength(record, 'template')
    const isName = strength === 'said' || strength === 'read'
    return isName && record.actor_type === 'agent' && record.template !== named.template
  })
}

function templateOf(
  claimSources: readonly EvidenceRecord[],
  instance: EvidenceRecord | undefined,
): EvidenceRecord | undefined {
  // A service's name is the weakest: any other name of the agent outranks it.
  const ofInstance = claimSources.filter(
    (record) => instance !== undefined && record.instance === instance.instance,
  )
  return (
    find(ofInstance, 'template', 'said') ??
    find(ofInstance, 'template', 'read') ??
    find(claimSources, 'template', 'said') ??
    find(claimSources, 'template', 'read') ??
    find(claimSources, 'template', 'hinted')
  )
}

function delegatorOf(
  claimSources: readonly EvidenceRecord[],
  instance: EvidenceRecord | undefined,
  stray: readonly EvidenceRecord[],
): Pick<Claims, 'delegator' | 'conflictingDelegators'> {
  const said = find(claimSources, 'delegator', 'said')
  const read = find(claimSources, 'delegator', 'read')
  // What the instance's own key has signed for the act itself, no record above it disputes.
  if (said !== undefined && said === claimSources[0] && isAttested(said, 'delegator'))
    return { delegator: said, conflictingDelegators: [] }
  const other = stray.find(
    (record) =>
      claimStrength(record, 'delegator') === 'said' && record.delegator !== said?.delegator,
  )
  if (other !== undefined)
    return { delegator: undefined, conflictingDelegators: [other, ...(said ? [said] : [])] }
  if (said === undefined || read === undefined || read.delegator === said.delegator)
    return { delegator: said ?? read, conflictingDelegators: [] }
  // The task may be for the user that another source names, or for the person named above: the two conflict.
  const isOther = instance === undefined || read.key === instance.key
  return isOther && claimSources.indexOf(read) < claimSources.indexOf(said)
    ? { delegator: undefined, conflictingDelegators: [read, said] }
    : { delegator: said, conflictingDelegators: [] }
}

/**
 * Rule `overwritten_downstream`: maps the key of each ancestor whose identity is not admitted to the record above it
 * that identifies the process.
 *
 * An instrumentation inside an agent's process overwrites the agent's names with its own (`gen_ai.agent.id`, a run, a
 * user). Three things identify it: its record names no instance in the instance's own attribute; a record above it
 * does; and both came from one exporter and one service, so that the sender of the one could have said the other.
 * Another exporter or service is another source, and is admitted.
 */
function overwrittenDownstream(
  ancestors: readonly EvidenceRecord[],
): ReadonlyMap<string, EvidenceRecord> {
  const overwritten = new Map<string, EvidenceRecord>()
  let above: EvidenceRecord | undefined
  for (const record of ancestors.toReversed()) {
    const isOverwritten =
      record.actor_type === 'agent' &&
      claimStrength(record, 'instance') !== 'said' &&
      above !== undefined &&
      isOfOneProcess(record, above) &&
      differs(record, above)
    if (isOverwritten && above !== undefined) overwritten.set(record.key, above)
    else if (speaksForItself(record)) above = record
  }
  return overwritten
}

/** True when the record names its instance, or its actor is no agent: records below it do not inherit past it. */
function speaksForItself(record: EvidenceRecord): boolean {
  if (record.actor_type === '') return false
  return record.actor_type !== 'agent' || claimStrength(record, 'instance') === 'said'
}

function isOfOneProcess(record: EvidenceRecord, above: EvidenceRecord): boolean {
  return (
    above.actor_type === 'agent' &&
    above.channel !== 'unentitled' &&
    record.exporter === above.exporter &&
    record.service === above.service
  )
}

function differs(record: EvidenceRecord, above: EvidenceRecord): boolean {
  if (record.channel === 'unentitled') return true
  return (['template', 'instance', 'delegator'] as const).some((claim) => {
    const strength = claimStrength(record, claim)
    if (strength === undefined || strength === 'hinted') return false
    if (claim === 'delegator' && strength === 'said') return false
    return record[claim] !== above[claim]
  })
}

/**
 * The directness of a claim: `said` in the claim's own attribute; `read` by a named rule from another vocabulary's
 * attribute of the same meaning; `hinted` by one that often accompanies it and does not name it.
 */
type Strength = 'said' | 'read' | 'hinted'

/** The claims that can be derived. */
type Claim = 'template' | 'instance' | 'delegator'

/** Returns the strength of a record's claim; undefined when it makes none. A claim to act for nobody is a claim. */
export function claimStrength(record: EvidenceRecord, claim: Claim): Strength | undefined {
  const saysNobody = claim === 'delegator' && record.delegator_type === 'none'
  if (record[claim] === '' && !saysNobody) return undefined
  const rule = record[`${claim}_rule`]
  if (rule === '') return 'said'
  return hintRules.has(rule) ? 'hinted' : 'read'
}
