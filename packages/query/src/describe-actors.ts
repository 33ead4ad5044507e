import { delegatorTypes } from '@whodid/model'
import type { WhoDidAnswer } from '@whodid/model'
import type { Decision } from './decision.ts'
import { describeDelegation } from './delegation-chain.ts'
import { nameOrNull } from './text.ts'

/** Who acted, as what, and on whose behalf. */
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
  const { template, instance, speakers } = decision
  return {
    template:
      template === ''
        ? null
        : {
            id: nameOrNull(template) ?? '',
            name: nameOrNull(speakers.template?.template_name ?? ''),
            version: nameOrNull(speakers.template?.template_version ?? ''),
          },
    instance:
      instance === ''
        ? null
        : {
            id: nameOrNull(instance) ?? '',
            parent_id: nameOrNull(speakers.instance?.instance_parent ?? ''),
            identity_id: nameOrNull(speakers.instance?.identity ?? ''),
          },
    grade: actorGrade(decision),
  }
}

function describeDelegator(decision: Decision): WhoDidAnswer['delegator'] {
  if (decision.delegator === '') return null
  return {
    id: nameOrNull(decision.delegator) ?? '',
    type: delegatorTypes.find((type) => type === decision.delegatorType) ?? 'human',
    issuer: nameOrNull(decision.speakers.delegator?.delegator_issuer ?? ''),
    grade: decision.grades.delegator,
  }
}

function actorGrade({ verdict, instance, grades }: Decision): WhoDidAnswer['grade'] {
  if (verdict !== 'agent') return grades.actor
  return instance === '' ? grades.template : grades.instance
}
