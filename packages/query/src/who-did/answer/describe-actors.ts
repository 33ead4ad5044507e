import { delegatorTypes } from '@whodid/model'
import type { DelegationHop, WhoDidAnswer } from '@whodid/model'
import { nameOrNull } from '../../text.ts'
import type { Decision } from '../decide/decide.ts'
import { lineageOf } from '../decide/lineage.ts'
import { claimStrength } from '../decide/resolve-claims.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** Returns the actors, their roles, and the party on whose behalf they acted. */
export function describeActors(
  decision: Decision,
): Pick<WhoDidAnswer, 'actor' | 'agent' | 'delegator' | 'delegation_chain'> {
  return {
    actor: describeActor(decision),
    agent: describeAgent(decision),
    delegator: describeDelegator(decision),
    delegation_chain: describeDelegation(decision),
  }
}

function describeActor(decision: Decision): WhoDidAnswer['actor'] {
  const { verdict, actorId } = decision
  if (verdict === 'undetermined') return null
  return { type: verdict, id: nameOrNull(actorId) ?? '', grade: actorGrade(decision) }
}

function describeAgent(decision: Decision): WhoDidAnswer['agent'] {
  if (decision.verdict !== 'agent') return null
  const { template, instance, claimSources } = decision
  return {
    template:
      template === ''
        ? null
        : {
            id: nameOrNull(template) ?? '',
            name: nameOrNull(claimSources.template?.template_name ?? ''),
            version: nameOrNull(claimSources.template?.template_version ?? ''),
          },
    instance:
      instance === ''
        ? null
        : {
            id: nameOrNull(instance) ?? '',
            parent_id: nameOrNull(claimSources.instance?.instance_parent ?? ''),
            identity_id: nameOrNull(claimSources.instance?.identity ?? ''),
          },
    grade: actorGrade(decision),
  }
}

function describeDelegator(decision: Decision): WhoDidAnswer['delegator'] {
  if (decision.delegator === '') return null
  return {
    id: nameOrNull(decision.delegator) ?? '',
    type: delegatorTypes.find((type) => type === decision.delegatorType) ?? 'human',
    issuer: nameOrNull(decision.claimSources.delegator?.delegator_issuer ?? ''),
    grade: decision.grades.delegator,
  }
}

function actorGrade({ verdict, instance, grades }: Decision): WhoDidAnswer['grade'] {
  if (verdict !== 'agent') return grades.actor
  return instance === '' ? grades.template : grades.instance
}

/** The most agents shown; a longer chain is a loop and no delegation. */
const agentsMax = 64

/**
 * Returns the hops of the task, human first and actor last. They are the acting record's own `whodid.delegation.chain`;
 * without one, its delegator and the agents among its ancestors. An agent without a named instance is a hop too, by its
 * template. Empty when nobody is determined.
 */
export function describeDelegation(decision: Decision): DelegationHop[] {
  const { verdict, grade, actorId, claimSources, delegator, grades } = decision
  if (verdict === 'undetermined') return []
  if (verdict !== 'agent')
    return [{ type: verdict, id: nameOrNull(actorId) ?? '', template: null, grade }]
  const said = decision.doubt === '' ? (claimSources.instance?.delegation_chain ?? []) : []
  const templates = templatesByInstance(decision)
  const hops =
    said.length > 0
      ? saidHops(said, decision, templates)
      : [
          ...(delegator === '' ? [] : [{ instance: delegator, template: '' }]),
          ...agentsOutwards(decision, templates).toReversed(),
        ]
  // A record's own chain begins with the delegator and does not give its type.
  const isFirst = (index: number): boolean => said.length > 0 && index === 0 && hops.length > 1
  return hops.map(({ instance, template }, index): DelegationHop => {
    const id = instance === '' ? template : instance
    const isDelegator = id === delegator
    const type = isDelegator ? delegatorType(decision) : isFirst(index) ? 'unknown' : 'agent'
    return {
      type,
      id: nameOrNull(id) ?? '',
      template: type === 'agent' ? nameOrNull(template) : null,
      grade: isDelegator ? grades.delegator : instance === '' ? grades.template : grades.instance,
    }
  })
}

/** An agent of the chain; without an instance it is known by its template alone. */
interface AgentHop {
  readonly instance: string
  readonly template: string
}

/** The chain as the acting record gives it. It ends with the actor, even where the record leaves the actor out. */
function saidHops(
  said: readonly string[],
  { instance, template }: Decision,
  templates: ReadonlyMap<string, string>,
): readonly AgentHop[] {
  const hops = said.map((id): AgentHop => ({ instance: id, template: templates.get(id) ?? '' }))
  return said.at(-1) === instance ? hops : [...hops, { instance, template }]
}

/** Returns the acting agent and the agents above it, nearest first, as the ancestors and the lineage name them. */
function agentsOutwards(
  decision: Decision,
  templates: ReadonlyMap<string, string>,
): readonly AgentHop[] {
  const hops: AgentHop[] = [{ instance: decision.instance, template: decision.template }]
  for (const { record, joinedBy } of decision.path) {
    // A record that only shares a correlation ID, or is above a person or a service, delegated nothing.
    const isOther = record.actor_type === 'human' || record.actor_type === 'service'
    if (isOther || joinedBy === 'correlation') break
    const hop = agentOf(record)
    if (hop !== undefined && !isSame(hops.at(-1), hop)) hops.push(hop)
  }
  const line = decision.doubt === '' ? lineageOf(decision) : []
  line.forEach((instance, index) => {
    if (hops.some((hop) => hop.instance === instance)) return
    const below = hops.findLastIndex((hop) => hop.instance === line[index - 1])
    const hop = { instance, template: templates.get(instance) ?? '' }
    hops.splice(below < 0 ? hops.length : below + 1, 0, hop)
  })
  return hops.slice(0, agentsMax)
}

function agentOf(record: EvidenceRecord): AgentHop | undefined {
  if (record.actor_type !== 'agent' || record.channel === 'unentitled') return undefined
  const strength = claimStrength(record, 'template')
  const template = strength === 'said' || strength === 'read' ? record.template : ''
  const isInstance = record.instance !== '' && claimStrength(record, 'instance') !== 'hinted'
  return isInstance || template !== ''
    ? { instance: isInstance ? record.instance : '', template }
    : undefined
}

/** True when a record farther out names the same agent: the same instance, or one of the two names less. */
function isSame(last: AgentHop | undefined, hop: AgentHop): boolean {
  if (last === undefined) return false
  if (last.instance !== '' && hop.instance !== '') return last.instance === hop.instance
  return last.template === hop.template || hop.template === '' || last.template === ''
}

function templatesByInstance({ evidence, mergedRecord }: Decision): ReadonlyMap<string, string> {
  const templates = new Map<string, string>()
  for (const key of evidence.relatedRecords.keys()) {
    const record = mergedRecord(key)?.record
    if (record !== undefined && record.template !== '' && !templates.has(record.instance))
      templates.set(record.instance, record.template)
  }
  return templates
}

function delegatorType(decision: Decision): DelegationHop['type'] {
  const type = delegatorTypes.find((known) => known === decision.delegatorType)
  return type === undefined || type === 'none' ? 'unknown' : type
}
