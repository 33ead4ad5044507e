import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import { nearOf } from './merge-versions.ts'
import type { MergedRecord } from './merge-versions.ts'

/** A record on the path outwards, and the rule that joined it to the one before. */
export interface Hop {
  readonly record: EvidenceRecord
  readonly joinedBy: 'subject' | 'parent' | 'delegation' | 'correlation' | 'link'
  /** The instance between this record and the one before that has no record; '' when none is left out. */
  readonly leftOut: string
}

/** The maximum number of joins on one path outwards; a longer path is a loop. */
const joinsMax = 64

/** Looks up the records of the evidence. */
export interface RecordLookup {
  readonly keys: () => Iterable<string>
  readonly mergedRecord: (key: string) => MergedRecord | undefined
  /** True when the record's exporter may speak for the subject's actor. */
  readonly isOwn: (record: EvidenceRecord) => boolean
}

/**
 * Follows an agent's act outwards past the root of its trace: by parent as far as parents reach, then by delegation
 * (rule `joined_by_delegation`), then by correlation (rule `joined_by_correlation`), until a human's prompt, the end of
 * the evidence, or a record that is already on the path.
 *
 * Delegation joins the record by which the parent instance handed over, found by the delegation ID or by the instance
 * that the child calls its parent; without one, the parent's prompt or session. When the parent has no record, it joins
 * the record that gave the parent's own grant. Correlation joins the one human prompt of the same correlation ID from
 * an exporter of the actor; when there are two, neither is taken. Anybody can write a correlation ID.
 */
export function joinPath(ancestors: Ancestors, lookup: RecordLookup): Hop[] {
  const hops = ancestors.records.map((record, index): Hop => ({
    record,
    joinedBy: index === 0 ? 'subject' : 'parent',
    leftOut: '',
  }))
  if (hops.length === 0) return hops
  const records = [...lookup.keys()].flatMap((key) => {
    const record = lookup.mergedRecord(key)?.record
    return record === undefined || record.channel === 'unentitled' ? [] : [record]
  })
  const passed = new Set(hops.map((hop) => hop.record.key))
  let segment: readonly EvidenceRecord[] = ancestors.records
  for (let joins = 0; joins < joinsMax; joins += 1) {
    const others = records.filter((record) => !passed.has(record.key))
    const byDelegation = delegatingRecord(segment, others)
    const hasPrompt = hops.some(({ record }) => isHumanPrompt(record))
    const prompt = hasPrompt ? undefined : correlatedPrompt(segment, others.filter(lookup.isOwn))
    const next =
      byDelegation ?? (prompt && { record: prompt, joinedBy: 'correlation' as const, leftOut: '' })
    if (next === undefined) break
    const ancestors = walkAncestors(next.record.key, (key) => lookup.mergedRecord(key)).records
    const farther = ancestors.filter((record) => !passed.has(record.key))
    farther.forEach((record, index) => {
      passed.add(record.key)
      hops.push(index === 0 ? { ...next, record } : { record, joinedBy: 'parent', leftOut: '' })
    })
    segment = farther
  }
  return hops
}

/** Returns the record that handed over to the outermost instance of this segment of the path. */
function delegatingRecord(
  segment: readonly EvidenceRecord[],
  others: readonly EvidenceRecord[],
): Hop | undefined {
  // The path still lacks only the origin of the outermost instance. The record of a delegation names the grant that it
  // gives; every other record names the grant under which it was made.
  const instance = segment.findLast((record) => record.instance !== '')?.instance
  const own = segment.filter((r) => r.instance === instance && r.kind !== 'delegation')
  const parent = own.map(parentOf).find((id) => id !== '') ?? ''
  const grant = own.find((record) => record.delegation !== '')?.delegation ?? ''
  const parentGrant = own.find((r) => r.delegation_parent !== '')?.delegation_parent ?? ''
  if (instance === undefined || segment.some((r) => parent !== '' && r.instance === parent))
    return undefined
  const from = others.filter(
    (record) => record.instance !== instance && (parent === '' || record.instance === parent),
  )
  const ofParent = from.filter(
    (r) => parent !== '' || (parentGrant !== '' && r.delegation === parentGrant),
  )
  const start = segment.at(-1)?.ts ?? ''
  const record = latest(givingOf(grant, instance, from), start) ?? handingOver(ofParent, start)
  if (record !== undefined) return { record, joinedBy: 'delegation', leftOut: '' }
  const above = latest(givingOf(parentGrant, instance, others), start)
  return above && { record: above, joinedBy: 'delegation', leftOut: parent }
}

/** Returns the parent's record of a delegation, else its prompt, else its latest record. */
function handingOver(
  ofParent: readonly EvidenceRecord[],
  start: string,
): EvidenceRecord | undefined {
  const ofKind = (kind: string): EvidenceRecord | undefined =>
    latest(
      ofParent.filter((record) => record.kind === kind),
      start,
    )
  return ofKind('delegation') ?? ofKind('prompt') ?? latest(ofParent, start)
}

/** Returns the records by which others gave a grant. */
function givingOf(
  grant: string,
  instance: string,
  others: readonly EvidenceRecord[],
): readonly EvidenceRecord[] {
  if (grant === '') return []
  return others.filter(
    (r) => r.kind === 'delegation' && r.delegation === grant && r.instance !== instance,
  )
}

/** Returns the instance a record names as its parent, else the one before it in its delegation chain; '' for none. */
export function parentOf(record: EvidenceRecord): string {
  if (record.instance_parent !== '') return record.instance_parent
  const before = record.delegation_chain.indexOf(record.instance) - 1
  // The first entry of a chain is the delegator, not an instance.
  return before < 1 ? '' : (record.delegation_chain[before] ?? '')
}

function correlatedPrompt(
  segment: readonly EvidenceRecord[],
  others: readonly EvidenceRecord[],
): EvidenceRecord | undefined {
  const correlation = segment.find((record) => record.correlation !== '')?.correlation
  if (correlation === undefined) return undefined
  const prompts = others.filter((r) => r.correlation === correlation && isHumanPrompt(r))
  return prompts.length === 1 ? prompts[0] : undefined
}

function isHumanPrompt(record: EvidenceRecord): boolean {
  return record.kind === 'prompt' && record.prompt_origin === 'human'
}

/** Returns the last record that began by `before`; when clocks disagree and none did, the first of all. */
function latest(records: readonly EvidenceRecord[], before: string): EvidenceRecord | undefined {
  const sorted = records.toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
  return sorted.findLast((record) => record.ts <= before) ?? sorted[0]
}

/** The subject and its ancestors by parent, nearest first, and the reason why the walk ended. */
export interface Ancestors {
  readonly records: readonly EvidenceRecord[]
  /** The parent that is named and not on record; '' at a root or in a cycle. */
  readonly missingParent: string
  /** The parent that the walk had already passed; '' when there is none. */
  readonly cycleAt: string
}

/** Returns the record under a key, in the version of the first exporter of `near` that has one. */
type LookUp = (key: string, near: readonly string[]) => MergedRecord | undefined

/** Walks from a record outwards by parent, within its trace. Ends at a cycle. */
export function walkAncestors(from: string, mergedRecord: LookUp): Ancestors {
  const records: EvidenceRecord[] = []
  const seen = new Set<string>()
  let key = from
  while (key !== '') {
    if (seen.has(key)) return { records, missingParent: '', cycleAt: key }
    const found = mergedRecord(key, nearOf(records))
    if (found === undefined) return { records, missingParent: key, cycleAt: '' }
    seen.add(key)
    records.push(found.record)
    key = found.record.parent
  }
  return { records, missingParent: '', cycleAt: '' }
}
