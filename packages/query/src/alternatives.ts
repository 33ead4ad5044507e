import { actorTypes, outcomes } from '@whodid/model'
import type { Alternative, Verdict } from '@whodid/model'
import type { Decision } from './decision.ts'
import type { ListedAction } from './evidence/evidence-record.ts'
import { nameOrNull, toInstant } from './text.ts'

/**
 * Other actions on the same handle, newest first, each by its own claims alone. An intent whose outcome is on record is
 * the same action told twice and is left out; an intent without one stays, with the outcome `unknown`.
 */
export function listAlternatives({ evidence, trail }: Decision, limit: number): Alternative[] {
  const subject = trail.records[0]
  const ended = new Set(
    evidence.listed.filter((c) => c.outcome !== 'unknown').map((candidate) => candidate.action),
  )
  if (subject !== undefined && subject.outcome !== 'unknown') ended.add(subject.action)
  ended.delete('')
  return evidence.listed
    .filter((candidate) => candidate.key !== subject?.key)
    .filter((candidate) => candidate.outcome !== 'unknown' || !ended.has(candidate.action))
    .slice(0, limit)
    .map((candidate) => ({
      span: candidate.key,
      verdict: ownVerdict(candidate),
      verb: nameOrNull(candidate.verb) ?? '',
      outcome: outcomes.find((outcome) => outcome === candidate.outcome) ?? null,
      resource: nameOrNull(candidate.resource),
      actor: ownActor(candidate),
      started_at: toInstant(candidate.ts),
    }))
}

function ownVerdict(candidate: ListedAction): Verdict {
  const type = actorTypes.find((known) => known === candidate.actor_type)
  return type === undefined || ownActor(candidate) === null ? 'undetermined' : type
}

function ownActor(candidate: ListedAction): string | null {
  if (candidate.channel === 'unentitled') return null
  switch (candidate.actor_type) {
    case 'agent':
      return nameOrNull(candidate.instance) ?? nameOrNull(candidate.template)
    case 'human':
      return candidate.instance === '' ? nameOrNull(candidate.user) : null
    case 'service':
      return nameOrNull(candidate.service)
    default:
      return null
  }
}
