import type { EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'

/**
 * Rule `simultaneous_actions`: another act on the handle that might as well be the newest one, at the very same instant and by
 * somebody else. Which of the two came last is then not on record, and choosing one would be a guess.
 *
 * An act that does not say who did it, or whose exporter may not speak for its actor, is nobody else's.
 */
export function simultaneousAction(
  subject: EvidenceRecord | undefined,
  actorId: string,
  listed: readonly ListedAction[],
): ListedAction | undefined {
  if (subject === undefined || actorId === '') return undefined
  return listed.find((action) => {
    if (!action.qualifies || action.ts !== subject.ts || action.key === subject.key) return false
    const actor = actorOf(action)
    return action.channel !== 'unentitled' && actor !== '' && actor !== actorId
  })
}

function actorOf(action: ListedAction): string {
  if (action.actor_type === 'agent')
    return action.instance === '' ? action.template : action.instance
  if (action.actor_type === 'human') return action.user
  return action.actor_type === 'service' ? action.service : ''
}
