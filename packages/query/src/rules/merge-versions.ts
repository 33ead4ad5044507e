import type { EvidenceRecord } from '../evidence/evidence-record.ts'

/** What all records under one span ID say together. */
export interface Testimony {
  /** The first that was received and can be believed, its gaps filled by the others; the first of all when none can be. */
  readonly record: EvidenceRecord
  /** Believable records disagree on who acted: all of them. Empty when they agree. */
  readonly conflicting: readonly EvidenceRecord[]
  /** Believable records agree on who acted, and not on what was done. */
  readonly differsInContent: boolean
  /** Records whose exporter may not speak for the actor they name, beside one whose exporter may. */
  readonly setAside: readonly EvidenceRecord[]
}

/** A claim, and the rule that derived it. */
const claims = [
  ['actor_type', ''],
  ['instance', 'instance_rule'],
  ['template', 'template_rule'],
  ['delegator', 'delegator_rule'],
] as const

/** Fields that tell what was done. Times of receipt and the way it came are no part of it. */
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
 * Merges the records under one span ID, in the order of their receipt. A span may be told twice: resent, passed on by two
 * exporters, or claimed by somebody else.
 *
 * Rule `unentitled_claim_set_aside`: beside a believable record, one whose exporter may not speak for its actor is kept
 * and not heard; otherwise whoever saw a span's ID go by could unmake its record. Absent is no contradiction, and neither is
 * a reading of another vocabulary beside a claim.
 */
export function mergeVersions(versions: readonly EvidenceRecord[]): Testimony {
  const believable = versions.filter((version) => version.channel !== 'unentitled')
  const [first, ...others] = believable.length > 0 ? believable : versions
  if (first === undefined) throw new Error('a record of the evidence has no version')
  const all = [first, ...others]
  const isConflict = claims.some(([claim, rule]) => disagree(all, claim, rule)) || persons(all) > 1
  return {
    record: all.reduce(strongest),
    conflicting: isConflict ? all : [],
    differsInContent: contentFields.some((field) => all.some((one) => one[field] !== first[field])),
    setAside:
      believable.length === 0
        ? []
        : versions.filter((version) => version.channel === 'unentitled' && !agrees(version, all)),
  }
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

/** Humans that are said to have acted. */
function persons(versions: readonly EvidenceRecord[]): number {
  const humans = versions.filter((version) => version.actor_type === 'human' && version.user !== '')
  return new Set(humans.map((version) => version.user)).size
}

function agrees(version: EvidenceRecord, others: readonly EvidenceRecord[]): boolean {
  return others.some((other) => claims.every(([claim]) => version[claim] === other[claim]))
}

const channels = ['entitled', 'unbound', 'unentitled']

/** One record of two that agree: the better backed, with what only the other says. */
function strongest(one: EvidenceRecord, other: EvidenceRecord): EvidenceRecord {
  const [better, lesser] =
    channels.indexOf(other.channel) < channels.indexOf(one.channel) ? [other, one] : [one, other]
  if (better.actor_type !== '' || lesser.actor_type === '') return better
  // The better channel says nothing of who acted: whatever the other says stands with the other's own channel.
  return lesser
}
