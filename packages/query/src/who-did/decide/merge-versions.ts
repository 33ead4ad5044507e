import { namesNobody, ownActorOf, rankOf } from '../evidence/entitlements.ts'
import type { Entitlements } from '../evidence/entitlements.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { claimStrength } from './resolve-claims.ts'
import { isAttested } from './sealed-grade.ts'

/** The result of all records under one span ID. */
export interface MergedRecord {
  /** The best backed record; of several, the first received that names somebody. */
  readonly record: EvidenceRecord
  /** All admitted records when they disagree on the actor; empty when they agree. */
  readonly conflicting: readonly EvidenceRecord[]
  /** True when the admitted records disagree on what was done. */
  readonly differsInContent: boolean
  /** Records with other claims that are not admitted beside a better backed one. */
  readonly setAside: readonly EvidenceRecord[]
}

/** The field of each claim, and of the rule that derived it. */
const claims = [
  ['actor_type', ''],
  ['instance', 'instance_rule'],
  ['template', 'template_rule'],
  ['delegator', 'delegator_rule'],
] as const

/** Fields that describe what was done. The time and the channel of receipt are not among them. */
const contentFields = [
  'parent',
  'ts',
  'end_ts',
  'kind',
  'name',
  'tool',
  'action',
  'verb',
  'outcome',
  'resource',
  'prompt_ref',
  'plan_ref',
  'prompt_hash',
  'plan_hash',
  'arguments_hash',
  'content',
] as const

/**
 * Merges the records under one span ID, at least one, in the order of their receipt. A span may have several records:
 * resent, forwarded by two exporters, or claimed by somebody else.
 *
 * Rule `unentitled_claim_set_aside`: one exporter leads. It is `near`, the exporter of the record below the span, when
 * it has a version; else that of the first of the best backed, where a version that names nobody is as well backed as
 * its own exporter's record above it. The leader's best backed versions are admitted, and those of another exporter
 * that is as well backed and may speak for the same actor. Other records under the ID neither contradict nor fill gaps:
 * otherwise anybody who saw a span's ID could invalidate its record. An absent claim is no contradiction, nor is a
 * reading of another vocabulary beside a claim. Where the instance's own key has signed a version, only such versions count.
 */
export function mergeVersions(
  versions: readonly EvidenceRecord[],
  entitlements: Entitlements,
  near: readonly string[] = [],
): MergedRecord {
  const signed = versions.filter((version) => isAttested(version))
  const counted = signed.length > 0 ? signed : versions
  const leader = leaderOf(counted, entitlements, near)
  if (leader === undefined) throw new Error('a record of the evidence has no version')
  const admitted = admittedBeside(leader, counted, entitlements)
  const isConflict =
    claims.some(([claim, rule]) => disagree(admitted, claim, rule)) || persons(admitted) > 1
  const [first = leader] = admitted
  const isNamed = (version: EvidenceRecord): boolean => version.actor_type !== ''
  const own = admitted.filter(({ exporter }) => exporter === leader.exporter)
  return {
    record: own.find(isNamed) ?? admitted.find(isNamed) ?? leader,
    conflicting: isConflict ? admitted : [],
    differsInContent: contentFields.some((field) =>
      admitted.some((one) => one[field] !== first[field]),
    ),
    setAside: versions.filter(
      (version) =>
        !admitted.includes(version) && namesSomebody(version) && !agrees(version, admitted),
    ),
  }
}

/**
 * Returns the exporters whose version of the next record outwards leads: that of the record just below, and, where that is
 * infrastructure's, that of the nearest record below which is not. Otherwise a copy of a span above a proxy's could take
 * the place of the actor's own.
 *
 * @param below the records walked so far, nearest first
 */
export function nearOf(below: readonly EvidenceRecord[]): readonly string[] {
  const last = below.at(-1)?.exporter
  const actors = below.findLast((one) => one.channel !== 'entitled' || one.actor_type !== '')
  return [last, actors?.exporter].flatMap((exporter) => exporter ?? [])
}

function leaderOf(
  versions: readonly EvidenceRecord[],
  { isBacked }: Entitlements,
  near: readonly string[],
): EvidenceRecord | undefined {
  const ranked = versions.toSorted((a, b) => rankOf(a) - rankOf(b))
  for (const exporter of near) {
    const own = ranked.find((version) => version.exporter === exporter)
    if (own !== undefined) return own
  }
  const [best] = ranked
  if (best === undefined) return undefined
  // A version that names nobody has the actor of its own exporter's record above it, and is then as well backed as an
  // entitled one that came later.
  const isOpen = best.channel !== 'entitled'
  const rivals = isOpen ? versions : versions.slice(0, versions.indexOf(best))
  return rivals.find((version) => namesNobody(version) && isBacked(version)) ?? best
}

function admittedBeside(
  leader: EvidenceRecord,
  versions: readonly EvidenceRecord[],
  { speaks }: Entitlements,
): readonly EvidenceRecord[] {
  const asBacked = versions.filter(({ channel }) => channel === leader.channel)
  const actor = ownActorOf(
    asBacked.find((one) => one.exporter === leader.exporter && namesSomebody(one)) ?? leader,
  )
  return asBacked.filter((version) => {
    if (version.exporter === leader.exporter || agrees(version, [leader])) return true
    // No exporter without an entitlement has more right to an actor than another.
    if (leader.channel !== 'entitled') return namesActor(leader) && namesActor(version)
    return speaks(version.exporter, actor)
  })
}

type ClaimField = (typeof claims)[number][0]
type RuleField = (typeof claims)[number][1]

function disagree(
  versions: readonly EvidenceRecord[],
  claim: ClaimField,
  rule: RuleField,
): boolean {
  const said = versions.filter((version) => version[claim] !== '')
  const plain = rule === '' ? said : said.filter((version) => version[rule] === '')
  return new Set((plain.length > 0 ? plain : said).map((version) => version[claim])).size > 1
}

/** Returns the number of humans that are claimed to have acted. */
function persons(versions: readonly EvidenceRecord[]): number {
  const humans = versions.filter((version) => version.actor_type === 'human' && version.user !== '')
  return new Set(humans.map((version) => version.user)).size
}

function agrees(version: EvidenceRecord, others: readonly EvidenceRecord[]): boolean {
  return others.some(
    (other) =>
      claims.every(([claim]) => version[claim] === other[claim]) && version.user === other.user,
  )
}

/** True when the record names its actor; a token that is bound to somebody names one as entitled or not at all. */
function namesActor(version: EvidenceRecord): boolean {
  if (version.actor_type === 'human' || version.actor_type === 'service') return true
  return (['template', 'instance'] as const).some((claim) => {
    const strength = claimStrength(version, claim)
    return strength === 'said' || strength === 'read'
  })
}

function namesSomebody(version: EvidenceRecord): boolean {
  return claims.some(([claim]) => version[claim] !== '')
}
