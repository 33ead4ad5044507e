import type { Verdict } from '@whodid/model'
import type { Contradiction } from '../decision.ts'
import type { Claims } from './resolve-claims.ts'

/** The instance (else the template), the person or the service that the claims come to; '' when they name nobody. */
export function actorIdOf({ actor, instance, template }: Claims): string {
  if (actor === undefined) return ''
  switch (actor.actor_type) {
    case 'agent':
      return instance?.instance ?? template?.template ?? ''
    case 'human':
      return actor.user
    case 'service':
      return actor.service
    default:
      return ''
  }
}

/** What the claims come to; `undetermined` when they contradict each other or name nobody. */
export function verdictOf(claims: Claims, contradiction: Contradiction | ''): Verdict {
  const { actor } = claims
  if (contradiction !== '' || actor === undefined) return 'undetermined'
  switch (actor.actor_type) {
    case 'agent':
      return claims.instance !== undefined || claims.template !== undefined
        ? 'agent'
        : 'undetermined'
    case 'human':
      return actor.user === '' ? 'undetermined' : 'human'
    case 'service':
      return actor.service === '' ? 'undetermined' : 'service'
    default:
      return 'undetermined'
  }
}
