import type { ClaimGrade, ClaimName, Contradiction, Decision } from './decision.ts'
import { findContradiction } from './rules/find-contradiction.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { joinDelegator } from './rules/join-delegator.ts'
import { joinPath } from './rules/join-path.ts'
import type { Hop, Kin } from './rules/join-path.ts'
import { mergeVersions } from './rules/merge-versions.ts'
import type { Testimony } from './rules/merge-versions.ts'
import { resolveClaims } from './rules/resolve-claims.ts'
import type { Claims } from './rules/resolve-claims.ts'
import { actorIdOf, verdictOf } from './rules/actor-id.ts'
import { walkTrail } from './rules/walk-trail.ts'

/**
 * Decides who did it, from the evidence and nothing else: versions → trail → claims → contradictions → verdict → path.
 *
 * Pure, and never a guess: what the record does not say, or says twice differently, is `undetermined`. The rules are in
 * `rules/`, one a file; the view `whodid.who_did_when` decides by fewer in SQL, and is never sure of something else.
 */
export function decide(evidence: Evidence): Decision {
  const testimony = rememberTestimony(evidence)
  const trail = walkTrail(evidence.subject, testimony)
  const own = resolveClaims(trail.records)
  const found = findContradiction(evidence, own, testimony)
  // A human's or a service's own act is its own beginning.
  const isOwnAct = own.actor !== undefined && own.actor.actor_type !== 'agent'
  const kin: Kin = { keys: () => (isOwnAct ? [] : evidence.kin.keys()), testimony }
  const path = joinPath(trail, kin)
  const claims = withDelegator(own, path, kin)
  const verdict = verdictOf(claims, found.contradiction)
  const isAgent = verdict === 'agent'
  const speakers = {
    actor: claims.actor,
    instance: claims.instance,
    template: claims.template,
    delegator: claims.delegator,
  }
  const grades = gradesOf(speakers, trail.records[0])
  const instance = isAgent ? (claims.instance?.instance ?? '') : ''
  const template = isAgent ? (claims.template?.template ?? '') : ''
  return {
    evidence,
    verdict,
    grade: gradeOf(verdict, found.contradiction, grades),
    ...found,
    actorId: verdict === 'undetermined' ? '' : actorIdOf(claims),
    instance,
    template,
    delegator: isAgent ? delegatorIdOf(claims) : '',
    delegatorType: isAgent ? (claims.delegator?.delegator_type ?? '') : '',
    speakers,
    grades,
    conflictingDelegators: claims.conflictingDelegators,
    overwritten: claims.overwritten,
    trail,
    path,
    testimony,
  }
}

function withDelegator(claims: Claims, path: readonly Hop[], kin: Kin): Claims {
  const isOpen =
    claims.actor?.actor_type === 'agent' &&
    claims.delegator === undefined &&
    claims.conflictingDelegators.length === 0
  return isOpen ? { ...claims, delegator: joinDelegator(path, kin) } : claims
}

function rememberTestimony(evidence: Evidence): (key: string) => Testimony | undefined {
  const remembered = new Map<string, Testimony>()
  return (key) => {
    const versions = evidence.kin.get(key)
    if (versions === undefined) return undefined
    let found = remembered.get(key)
    if (found === undefined) remembered.set(key, (found = mergeVersions(versions)))
    return found
  }
}

function delegatorIdOf({ delegator }: Claims): string {
  return delegator === undefined || delegator.delegator_type === 'none' ? '' : delegator.delegator
}

function gradesOf(
  speakers: Decision['speakers'],
  subject: EvidenceRecord | undefined,
): Decision['grades'] {
  const grade = (claim: ClaimName): ClaimGrade => {
    const record = speakers[claim]
    if (record === undefined) return 'none'
    if (record.channel === 'unentitled') return 'contradicted'
    const isDerived =
      claim !== 'actor' &&
      (claim !== 'delegator' || record.delegator !== '') &&
      record[`${claim}_rule`] !== ''
    if (record.key !== subject?.key || isDerived) return 'inferred'
    return record.channel === 'entitled' ? 'channel' : 'asserted'
  }
  const saysNobody = speakers.delegator !== undefined && speakers.delegator.delegator === ''
  return {
    actor: grade('actor'),
    instance: grade('instance'),
    template: grade('template'),
    delegator: saysNobody ? 'none' : grade('delegator'),
  }
}

/** The weakest of what the verdict rests on; a claim that is absent is a gap, not a link. */
function gradeOf(
  verdict: Decision['verdict'],
  contradiction: Contradiction | '',
  grades: Decision['grades'],
): ClaimGrade {
  if (contradiction !== '') return 'contradicted'
  if (verdict === 'undetermined') return 'none'
  const links = verdict === 'agent' ? Object.values(grades) : [grades.actor]
  if (links.includes('inferred')) return 'inferred'
  return links.includes('asserted') ? 'asserted' : 'channel'
}
