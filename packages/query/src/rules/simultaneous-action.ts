import type { EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'

/** Acts that might as well be the newest one. */
export interface Simultaneous {
  /** One by another agent, a person or a service. */
  readonly other: ListedAction | undefined
  /** One by another instance of the same template. */
  readonly sibling: ListedAction | undefined
}

/**
 * Rule `simultaneous_actions`: another act on the handle that might as well be the newest one, at the very same instant and by
 * somebody else. Which of the two came last is then not on record, and choosing one would be a guess. Where both are of one
 * template it is known all the same that an agent of that template acted last.
 *
 * An act that does not say who did it is nobody else's, and one that is worse backed than the subject does not count.
 */
export function simultaneousAction({
  subject,
  actorId,
  template,
  listed,
}: {
  readonly subject: EvidenceRecord
  readonly actorId: string
  readonly template: string
  readonly listed: readonly ListedAction[]
}): Simultaneous {
  const tied = listed.filter((action) => {
    if (actorId === '' || !action.qualifies) return false
    if (action.ts !== subject.ts || action.key === subject.key) return false
    const isBacked =
      action.channel === 'entitled' ||
      (action.channel === 'unbound' && subject.channel !== 'entitled')
    const actor = actorOf(action)
    return isBacked && actor !== '' && actor !== actorId
  })
  const isSibling = (action: ListedAction): boolean =>
    action.actor_type === 'agent' && template !== '' && action.template === template
  return {
    other: tied.find((action) => !isSibling(action)),
    sibling: tied.find(isSibling),
  }
}

function actorOf(action: ListedAction): string {
  if (action.actor_type === 'agent')
    return action.instance === '' ? action.template : action.instance
  if (action.actor_type === 'human') return action.user
  return action.actor_type === 'service' ? action.service : ''
}
