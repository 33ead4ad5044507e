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
