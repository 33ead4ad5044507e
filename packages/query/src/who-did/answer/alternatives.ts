import { actorTypes, hintRules, outcomes } from '@whodid/model'
import type { Alternative, Verdict } from '@whodid/model'
import { nameOrNull, toInstant } from '../../text.ts'
import { completeDecision } from '../decide/complete-decision.ts'
import { decide } from '../decide/decide.ts'
import type { Decision } from '../decide/decide.ts'
import type { Fold, FoldedAct } from '../decide/fold-act.ts'
import { backingOf, isSameActor } from '../decide/judge-candidate.ts'
import { namesNobody } from '../evidence/entitlements.ts'
import type { EvidenceRecord, ListedAction } from '../evidence/evidence-record.ts'
import { isSameAct } from '../evidence/evidence.ts'
import type { Evidence } from '../evidence/evidence.ts'

/**
 * Returns other acts on the same handle, newest first. An act with gathered related records is judged as the answer is: as
 * the whole act it is part of, with its inheritance. Any other is judged by its own records' claims, without hints. An intent
 * whose outcome is on record is the same act and is left out; an intent without one stays, with the outcome `unknown`.
 */
export function listAlternatives(decision: Decision, fold: Fold, limit: number): Alternative[] {
  const { evidence, ancestors } = decision
  const subject = ancestors.records[0]
  const ended = endedActions(evidence.listed)
  const listed = new Set(evidence.listed.map(({ key }) => key))
  const shown = new Set(subject === undefined ? [] : [fold(subject.key)?.key ?? subject.key])
  const alternatives: Alternative[] = []
  for (const candidate of evidence.listed) {
    if (alternatives.length >= limit) break
    if (isSubject(candidate, subject) || isEnded(candidate, ended, evidence)) continue
    const act = isHeld(candidate, decision) ? fold(candidate.key) : undefined
    // Of several acts under one span ID the evidence holds one, and the others are acts of their own.
    const key = act?.key ?? `${candidate.key} ${candidate.tool} ${candidate.resource}`
    const isPartOfListed = key !== candidate.key && listed.has(key)
    if (shown.has(key) || isPartOfListed) continue
    shown.add(key)
    alternatives.push(describeAlternative(candidate, act, decision))
  }
  return alternatives
}

function describeAlternative(
  candidate: ListedAction,
  act: FoldedAct | undefined,
  decision: Decision,
): Alternative {
  const outcome = act?.outcome ?? candidate.outcome
  return {
    span: candidate.key,
    ...(act === undefined
      ? ownActor(believedVersion(candidate, decision.evidence.listed))
      : judgedActor(decision, candidate.key)),
    verb: nameOrNull(candidate.verb) ?? '',
    outcome: outcomes.find((known) => known === outcome) ?? null,
    resource: nameOrNull(candidate.resource),
    started_at: toInstant(candidate.ts),
  }
}

function isSubject(candidate: ListedAction, subject: EvidenceRecord | undefined): boolean {
  return candidate.key === subject?.key && isSameAct(candidate, subject)
}

type Actor = Pick<Alternative, 'verdict' | 'actor'>

function isHeld(candidate: ListedAction, { evidence }: Decision): boolean {
  const [first] = evidence.relatedRecords.get(candidate.key) ?? []
  return first !== undefined && isSameAct(first, candidate)
}

/** Returns the records that report an outcome, by action ID. */
function endedActions(listed: readonly ListedAction[]): ReadonlyMap<string, ListedAction[]> {
  const ended = new Map<string, ListedAction[]>()
  for (const action of listed) {
    if (action.action === '' || action.outcome === 'unknown') continue
    ended.set(action.action, [...(ended.get(action.action) ?? []), action])
  }
  return ended
}

function isEnded(
  candidate: ListedAction,
  ended: ReadonlyMap<string, readonly ListedAction[]>,
  evidence: Evidence,
): boolean {
  if (candidate.outcome !== 'unknown') return false
  return (ended.get(candidate.action) ?? []).some((other) => endsIntent(other, candidate, evidence))
}

/**
 * Rule `crosses_exporters`: the outcome of the same actor ends an intent, from any exporter that may speak for that actor,
 * else only from the intent's own. The exporter of a record outside the evidence is not known: there the names must
 * suffice, and a record that names nobody ends no intent.
 */
function endsIntent(outcome: ListedAction, intent: ListedAction, evidence: Evidence): boolean {
  if (outcome.channel !== intent.channel || !isSameActor(outcome, intent)) return false
  if (intent.channel === 'entitled') return true
  const [by, announcedBy] = [exporterOf(outcome, evidence), exporterOf(intent, evidence)]
  return by === undefined || announcedBy === undefined ? !namesNobody(intent) : by === announcedBy
}

/** Returns the exporter of an act in the evidence; undefined for one outside it. */
function exporterOf(act: ListedAction, { relatedRecords, separate }: Evidence): string | undefined {
  const versions = separate.get(act.key)?.flat() ?? relatedRecords.get(act.key) ?? []
  return versions.find(
    (one) =>
      one.received_at === act.received_at &&
      one.channel === act.channel &&
      isSameActor(one, act) &&
      isSameAct(one, act),
  )?.exporter
}

function judgedActor({ evidence }: Decision, key: string): Actor {
  const { verdict, actorId } = completeDecision(decide({ ...evidence, subject: key, listed: [] }))
  return { verdict, actor: nameOrNull(actorId) }
}

/** Returns the version that an answer would show of those under one span ID: the best backed, then the first received. */
function believedVersion(candidate: ListedAction, listed: readonly ListedAction[]): ListedAction {
  const versions = listed.filter((one) => one.key === candidate.key && isSameAct(one, candidate))
  const [best = candidate] = versions.toSorted(
    (a, b) => backingOf(a) - backingOf(b) || (a.received_at < b.received_at ? -1 : 1),
  )
  return best
}

function ownActor(candidate: ListedAction): Actor {
  const type = actorTypes.find((known) => known === candidate.actor_type)
  const actor = type === undefined || candidate.channel === 'unentitled' ? null : ownName(candidate)
  const verdict: Verdict = type === undefined || actor === null ? 'undetermined' : type
  return { verdict, actor }
}

function ownName(candidate: ListedAction): string | null {
  switch (candidate.actor_type) {
    case 'agent': {
      const instance = hintRules.has(candidate.instance_rule) ? '' : candidate.instance
      const template = hintRules.has(candidate.template_rule) ? '' : candidate.template
      return nameOrNull(instance) ?? nameOrNull(template)
    }
    case 'human':
      return candidate.instance === '' ? nameOrNull(candidate.user) : null
    default:
      return nameOrNull(candidate.service)
  }
}
