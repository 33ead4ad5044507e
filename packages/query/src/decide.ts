import type { Verdict } from '@whodid/model'
import type { ClaimGrade, ClaimName, Contradiction, Decision } from './decision.ts'
import type { Evidence } from './evidence/evidence.ts'
import type { EvidenceRecord } from './evidence/evidence-record.ts'
import { joinPath } from './rules/join-path.ts'
import { mergeVersions } from './rules/merge-versions.ts'
import type { Testimony } from './rules/merge-versions.ts'
import { overwrittenDownstream } from './rules/overwritten-downstream.ts'
import { resolveClaims } from './rules/resolve-claims.ts'
import type { Claims } from './rules/resolve-claims.ts'
import { secondClaimant } from './rules/second-claimant.ts'
import { walkTrail } from './rules/walk-trail.ts'

/**
 * Decides who did it, from the evidence and nothing else: versions → trail → claims → contradictions → verdict → path.
 *
 * Pure, and never a guess: what the record does not say, or says twice differently, is `undetermined`. The rules are in
 * `rules/`, one a file; the view `whodid.who_did_when` decides the same in SQL.
 */
export function decide(evidence: Evidence): Decision {
  const testimony = rememberTestimony(evidence)
  const trail = walkTrail(evidence.subject, testimony)
  const overwritten = overwrittenDownstream(trail.records)
  const claims = resolveClaims(trail.records, overwritten)
  const found = contradictionOf(evidence, claims, testimony)
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
    actorId: actorIdOf(verdict, claims),
    instance,
    template,
    delegator: isAgent ? delegatorIdOf(claims) : '',
    delegatorType: isAgent ? (claims.delegator?.delegator_type ?? '') : '',
    speakers,
    grades,
    conflictingDelegators: claims.conflictingDelegators,
    overwritten,
    trail,
    path: joinPath(trail, {
      keys: verdict === 'human' || verdict === 'service' ? [] : evidence.kin.keys(),
      testimony,
    }),
    testimony,
  }
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

interface Found {
  readonly contradiction: Contradiction | ''
  readonly contradicting: readonly EvidenceRecord[]
  readonly owner: Decision['owner']
}

function contradictionOf(
  evidence: Evidence,
  claims: Claims,
  testimony: Decision['testimony'],
): Found {
  const owner = undefined
  const subject = testimony(evidence.subject)
  const speakers = [claims.actor, claims.instance, claims.template, claims.delegator]
  const heard = [...new Set([subject?.record, ...speakers])].filter(
    (record) => record !== undefined,
  )
  for (const { key } of heard) {
    const conflicting = testimony(key)?.conflicting ?? []
    if (conflicting.length > 0)
      return { contradiction: 'conflicting_identity', contradicting: conflicting, owner }
  }
  if (claims.conflicting.length > 0)
    return { contradiction: 'conflicting_identity', contradicting: claims.conflicting, owner }
  const { actor } = claims
  if (actor?.actor_type === 'human' && actor.instance !== '')
    return { contradiction: 'conflicting_identity', contradicting: [actor], owner }
  const unentitled = speakers.find((record) => record?.channel === 'unentitled')
  if (unentitled !== undefined)
    return { contradiction: 'exporter_not_entitled', contradicting: [unentitled], owner }
  const first = claims.instance && ownerOf(claims.instance, evidence)
  return first === undefined || claims.instance === undefined
    ? { contradiction: '', contradicting: [], owner }
    : {
        contradiction: 'instance_of_another_template',
        contradicting: [claims.instance],
        owner: first,
      }
}

/** The claims gathered are on the instance of the subject's own record; an inherited one is its ancestor's affair. */
function ownerOf(record: EvidenceRecord, evidence: Evidence): Decision['owner'] {
  const isSubjects = evidence.kin.get(evidence.subject)?.[0]?.instance === record.instance
  return isSubjects ? secondClaimant(record, evidence.instanceClaims) : undefined
}

function verdictOf(claims: Claims, contradiction: Contradiction | ''): Verdict {
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

function actorIdOf(verdict: Verdict, claims: Claims): string {
  switch (verdict) {
    case 'agent':
      return claims.instance?.instance ?? claims.template?.template ?? ''
    case 'human':
      return claims.actor?.user ?? ''
    case 'service':
      return claims.actor?.service ?? ''
    case 'undetermined':
      return ''
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
  verdict: Verdict,
  contradiction: Contradiction | '',
  grades: Decision['grades'],
): ClaimGrade {
  if (contradiction !== '') return 'contradicted'
  if (verdict === 'undetermined') return 'none'
  const links = verdict === 'agent' ? Object.values(grades) : [grades.actor]
  if (links.includes('inferred')) return 'inferred'
  return links.includes('asserted') ? 'asserted' : 'channel'
}
