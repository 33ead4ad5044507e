import { delegatorTypes } from '@whodid/model'
import type { DelegationHop } from '@whodid/model'
import { nameOrNull } from './text.ts'
import type { WhoDidRow } from './who-did-row.ts'

/**
 * Who handed the task to whom, human first, the actor last: the acting span's own `whodid.delegation.chain`, or what its
 * delegator and parent instance say when it has none. Empty when nobody is determined.
 */
export function describeDelegation(row: WhoDidRow): DelegationHop[] {
  if (row.verdict === 'undetermined') return []
  if (row.verdict !== 'agent')
    return [
      { type: row.verdict, id: nameOrNull(row.actor_id) ?? '', template: null, grade: row.grade },
    ]
  const ids = row.delegation_chain.length > 0 ? row.delegation_chain : derivedIds(row)
  const templates = new Map(
    [...row.evidence, ...row.trail].map((record) => [record.instance, record.template]),
  )
  return ids.map((id): DelegationHop => {
    const isDelegator = id === row.delegator
    return {
      type: isDelegator ? delegatorType(row) : 'agent',
      id: nameOrNull(id) ?? '',
      template: isDelegator ? null : nameOrNull(templates.get(id) ?? ''),
      grade: isDelegator ? row.claim_grades[3] : row.claim_grades[1],
    }
  })
}

function derivedIds(row: WhoDidRow): string[] {
  return [row.delegator, row.instance_parent, row.instance].filter((id) => id !== '')
}

function delegatorType(row: WhoDidRow): DelegationHop['type'] {
  const type = delegatorTypes.find((known) => known === row.delegator_type)
  return type === undefined || type === 'none' ? 'unknown' : type
}
