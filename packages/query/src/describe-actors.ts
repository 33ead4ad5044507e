import { delegatorTypes } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import { describeDelegation } from './delegation-chain.ts'
import { nameOrNull } from './text.ts'
import type { WhoDidRow } from './who-did-row.ts'

/** Who acted, as what, and on whose behalf. */
export function describeActors(
  row: WhoDidRow,
): Pick<WhoDidAnswer, 'actor' | 'agent' | 'delegator' | 'delegation_chain'> {
  return {
    actor: describeActor(row),
    agent: describeAgent(row),
    delegator: describeDelegator(row),
    delegation_chain: describeDelegation(row),
  }
}

function describeActor(row: WhoDidRow): WhoDidAnswer['actor'] {
  if (row.verdict === 'undetermined') return null
  return { type: row.verdict, id: nameOrNull(row.actor_id) ?? '', grade: actorGrade(row) }
}

function describeAgent(row: WhoDidRow): WhoDidAnswer['agent'] {
  if (row.verdict !== 'agent') return null
  return {
    template:
      row.template === ''
        ? null
        : {
            id: nameOrNull(row.template) ?? '',
            name: nameOrNull(row.template_name),
            version: nameOrNull(row.template_version),
          },
    instance:
      row.instance === ''
        ? null
        : {
            id: nameOrNull(row.instance) ?? '',
            parent_id: nameOrNull(row.instance_parent),
            identity_id: nameOrNull(row.identity),
          },
    grade: actorGrade(row),
  }
}

function describeDelegator(row: WhoDidRow): WhoDidAnswer['delegator'] {
  if (row.delegator === '') return null
  return {
    id: nameOrNull(row.delegator) ?? '',
    type: delegatorTypes.find((type) => type === row.delegator_type) ?? 'human',
    issuer: nameOrNull(row.delegator_issuer),
    grade: row.claim_grades[3],
  }
}

function actorGrade(row: WhoDidRow): WhoDidAnswer['grade'] {
  if (row.verdict !== 'agent') return row.claim_grades[0]
  return row.instance === '' ? row.claim_grades[2] : row.claim_grades[1]
}
