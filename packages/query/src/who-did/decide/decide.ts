import type { Verdict } from '@whodid/model'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { admitEvidence } from './admit-evidence.ts'
import type { AdmittedEvidence } from './admit-evidence.ts'
import { actorIdOf, differ, findContradiction, verdictOf } from './find-contradiction.ts'
import type { Contradicted } from './find-contradiction.ts'
import { findDelegator } from './find-delegator.ts'
import { joinPath } from './join-path.ts'
import type { Hop, RecordLookup } from './join-path.ts'
import { nameTemplate } from './name-template.ts'
import { resolveClaims } from './resolve-claims.ts'
import { sealedGrade } from './sealed-grade.ts'
import type { Claims } from './resolve-claims.ts'

/**
 * Decides who did it from the evidence alone: entitlements → ancestors → crossed exporters → claims → contradictions →
 * verdict → path.
 *
 * Pure, and never guesses: a claim that is missing or contradicted is `undetermined`. An exporter's claims do not count
 * for another's actor (rule `crosses_exporters`): the decision holds only admitted claims. The rules are in the files
 * beside this one; the view `whodid.who_did_when` applies fewer in SQL, and never gives another definite verdict.
 */
export function decide(evidence: Evidence): Decision {
  const admitted = admitEvidence(evidence)
  const { mergedRecord, ancestors } = admitted
  const said = nameTemplate(resolveClaims(ancestors.records), { evidence, ancestors, admitted })
  const found = findContradiction(evidence, said, mergedRecord)
  const own = withoutDoubtfulDelegator(said, found, mergedRecord)
  // A human's or a service's own act is joined to no record outside its trace.
  const isOwnAct = own.actor !== undefined && own.actor.actor_type !== 'agent'
  const keys = (): Iterable<string> => (isOwnAct ? [] : evidence.relatedRecords.keys())
  const lookup: RecordLookup = { ...admitted, keys }
  const isTie = found.doubt === 'simultaneous_actions'
  const path = isTie ? [] : joinPath(ancestors, lookup)
  const inferRequestUser = (evidence.rules?.inferRequestUser ?? true) && found.doubt === ''
  const around = { path, lookup, ancestors: ancestors.records, inferRequestUser }
  const claims = isTie ? own : findDelegator(own, around)
  return {
    evidence,
    ...found,
    ...outcomeOf(claims, found, ancestors.records[0]),
    conflictingDelegators: claims.conflictingDelegators,
    overwritten: claims.overwritten,
    path,
    ...admitted,
  }
}

function outcomeOf(
  claims: Claims,
  { contradiction, doubt }: Contradicted,
  subject: EvidenceRecord | undefined,
): Pick<
  Decision,
  | 'verdict'
  | 'grade'
  | 'actorId'
  | 'instance'
  | 'claimedInstance'
  | 'template'
  | 'delegator'
  | 'delegatorType'
  | 'claimSources'
  | 'grades'
> {
  const named = doubt === '' ? claims : { ...claims, instance: undefined }
  const verdict = verdictOf(named, contradiction)
  const isAgent = verdict === 'agent'
  const { actor, instance, template, delegator } = named
  const claimSources = { actor, instance, template, delegator }
  const grades = gradesOf(claimSources, subject)
  const claimed = doubt === 'simultaneous_actions' ? undefined : claims.instance
  return {
    verdict,
    grade: gradeOf(verdict, contradiction, grades),
    actorId: verdict === 'undetermined' ? '' : actorIdOf(named),
    ...(isAgent ? namesOf(named, claimed) : noNames),
    claimSources,
    grades,
  }
}

const noNames = {
  instance: '',
  claimedInstance: '',
  template: '',
  delegator: '',
  delegatorType: '',
}

function namesOf(named: Claims, claimed: EvidenceRecord | undefined): typeof noNames {
  return {
    instance: named.instance?.instance ?? '',
    claimedInstance: claimed?.instance ?? '',
    template: named.template?.template ?? '',
    delegator: delegatorIdOf(named),
    delegatorType: named.delegator?.delegator_type ?? '',
  }
}

/**
 * Removes the delegator when versions of the record that names it disagree on it, or when another act is simultaneous
 * and it is not known which of the two came last.
 */
function withoutDoubtfulDelegator(
  claims: Claims,
  { contradiction, doubt }: Contradicted,
  mergedRecord: Decision['mergedRecord'],
): Claims {
  const versions = mergedRecord(claims.delegator?.key ?? '')?.conflicting ?? []
  if (contradiction === '' && differ(versions, 'delegator'))
    return { ...claims, delegator: undefined, conflictingDelegators: versions }
  return doubt === 'simultaneous_actions' ? { ...claims, delegator: undefined } : claims
}

function delegatorIdOf({ delegator }: Claims): string {
  return delegator === undefined || delegator.delegator_type === 'none' ? '' : delegator.delegator
}

function gradesOf(
  claimSources: Decision['claimSources'],
  subject: EvidenceRecord | undefined,
): Decision['grades'] {
  const grade = (claim: ClaimName): ClaimGrade => {
    const record = claimSources[claim]
    if (record === undefined) return 'none'
    if (record.channel === 'unentitled') return 'contradicted'
    const isDerived =
      claim !== 'actor' &&
      (claim !== 'delegator' || record.delegator !== '') &&
      record[`${claim}_rule`] !== ''
    if (record.key !== subject?.key || isDerived) return 'inferred'
    const sealed = sealedGrade(record, claim)
    if (sealed !== undefined) return sealed
    return record.channel === 'entitled' ? 'channel' : 'asserted'
  }
  const saysNobody = claimSources.delegator !== undefined && claimSources.delegator.delegator === ''
  return {
    actor: grade('actor'),
    instance: grade('instance'),
    template: grade('template'),
    delegator: saysNobody ? 'none' : grade('delegator'),
  }
}

/** Returns the weakest grade that the verdict rests on; an absent claim is a gap and does not count. */
function gradeOf(
  verdict: Decision['verdict'],
  contradiction: Decision['contradiction'],
  grades: Decision['grades'],
): ClaimGrade {
  if (contradiction !== '') return 'contradicted'
  if (verdict === 'undetermined') return 'none'
  const links = verdict === 'agent' ? Object.values(grades) : [grades.actor]
  return weakestFirst.find((grade) => links.includes(grade)) ?? 'channel'
}

/** The grades that a verdict can rest on, the weakest first. */
const weakestFirst = ['inferred', 'asserted', 'channel', 'token_bound', 'attested'] as const

/** The grades given today. */
type ClaimGrade =
  'attested' | 'token_bound' | 'channel' | 'asserted' | 'inferred' | 'none' | 'contradicted'

/** The result of the evidence. The rest of this package puts it into words. */
export interface Decision extends Contradicted, AdmittedEvidence {
  readonly evidence: Evidence
  readonly verdict: Verdict
  readonly grade: ClaimGrade
  /** The instance, `user.id` or service that acted; '' when undetermined. */
  readonly actorId: string
  /** The acting agent's instance; '' when no record names it, or the actor is no agent. */
  readonly instance: string
  readonly template: string
  /** The instance, even when it is in doubt; its records are searched for what led to the act. */
  readonly claimedInstance: string
  readonly delegator: string
  readonly delegatorType: string
  /** The record that makes each claim; undefined when none does. */
  readonly claimSources: Readonly<Record<ClaimName, EvidenceRecord | undefined>>
  readonly grades: Readonly<Record<ClaimName, ClaimGrade>>
  /** True when only the steps of the act's run name the agent. */
  readonly isNamedBySteps?: boolean
  readonly conflictingDelegators: readonly EvidenceRecord[]
  /** Maps the key of each ancestor whose identity was overwritten to the record whose claims replace it. */
  readonly overwritten: ReadonlyMap<string, EvidenceRecord>
  /** The path outwards across traces: the subject, its ancestors, then the records joined to them. */
  readonly path: readonly Hop[]
}

/** The claims a verdict is made of. */
type ClaimName = 'actor' | 'instance' | 'template' | 'delegator'
