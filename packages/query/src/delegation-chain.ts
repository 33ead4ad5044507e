import { delegatorTypes } from '@whodid/model'
import type { DelegationHop } from '@whodid/model'
import type { Decision } from './decision.ts'
import { lineageOf } from './lineage.ts'
import { nameOrNull } from './text.ts'

/**
 * Who handed the task to whom, human first, the actor last: the acting record's own `whodid.delegation.chain`, or what its
 * delegator and the instances it descends from come to when it has none. Empty when nobody is determined.
 */
export function describeDelegation(decision: Decision): DelegationHop[] {
  const { verdict, grade, actorId, speakers, delegator, grades } = decision
  if (verdict === 'undetermined') return []
  if (verdict !== 'agent')
    return [{ type: verdict, id: nameOrNull(actorId) ?? '', template: null, grade }]
  const said = speakers.instance?.delegation_chain ?? []
  const derived = [delegator, ...lineageOf(decision).toReversed()].filter((id) => id !== '')
  const templates = templatesByInstance(decision)
  return (said.length > 0 ? said : derived).map((id): DelegationHop => {
    const isDelegator = id === delegator
    return {
      type: isDelegator ? delegatorType(decision) : 'agent',
      id: nameOrNull(id) ?? '',
      template: isDelegator ? null : nameOrNull(templates.get(id) ?? ''),
      grade: isDelegator ? grades.delegator : grades.instance,
    }
  })
}

function templatesByInstance({ evidence, testimony }: Decision): ReadonlyMap<string, string> {
  const templates = new Map<string, string>()
  for (const key of evidence.kin.keys()) {
    const record = testimony(key)?.record
    if (record !== undefined && record.template !== '' && !templates.has(record.instance))
      templates.set(record.instance, record.template)
  }
  return templates
}

function delegatorType(decision: Decision): DelegationHop['type'] {
  const type = delegatorTypes.find((known) => known === decision.delegatorType)
  return type === undefined || type === 'none' ? 'unknown' : type
}
