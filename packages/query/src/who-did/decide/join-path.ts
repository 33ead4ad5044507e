import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { MergedRecord } from './merge-versions.ts'

/** A record on the way outwards, and the rule that joined it to the one before. */
export interface Hop {
  readonly record: EvidenceRecord
  readonly joinedBy: 'subject' | 'parent' | 'delegation' | 'correlation' | 'link'
  /** The instance between this record and the one before that nothing is on record of; '' when none is left out. */
  readonly leftOut: string
}

/** Traces and instances passed on one way outwards; more is no delegation but a loop. */
const joinsMax = 64

/** Where the evidence is looked up. */
export interface RecordLookup {
  readonly keys: () => Iterable<string>
  readonly mergedRecord: (key: string) => MergedRecord | undefined
  /** Whether the record's exporter may speak for the subject's actor. */
  readonly isOwn: (record: EvidenceRecord) => boolean
}

/**
 * Follows an agent's act outwards past the root of its trace: by parent as far as parents reach, then by delegation (rule
 * `joined_by_delegation`), then by correlation (rule `joined_by_correlation`), until a human's prompt, the end of the
 * evidence, or a record where the way has been.
 *
 * Delegation: the record by which the parent instance handed over, known by the same delegation ID or by the instance that
 * the child calls its parent; without one, the prompt or session in which the parent stood. Where nothing of the parent is on
 * record, the one by which its own grant was given. Correlation: the one human prompt under the same correlation ID that an
 * exporter of the actor tells of; where there are two, neither is taken. Anybody can write a correlation ID.
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

/** The record by which somebody handed over to the instance of this stretch of the way. */
function delegatingRecord(
  segment: readonly EvidenceRecord[],
  others: readonly EvidenceRecord[],
): Hop | undefined {
  // What the outermost instance descends from is what is not on the way yet. The record of a delegation names the grant
  // that it gives, every other record the one under which it was made.
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

/** Of a parent's records: that of a delegation, else its prompt, else where it stood. */
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

/** The records by which others gave a grant. */
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

/** The instance it says started it: by name, or as the one before it in its delegation chain. */
export function parentOf(record: EvidenceRecord): string {
  if (record.instance_parent !== '') return record.instance_parent
  const before = record.delegation_chain.indexOf(record.instance) - 1
  // The first of a chain is the delegator, and no instance.
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

/** The last that began before; where clocks disagree and none did, the first of all. */
function latest(records: readonly EvidenceRecord[], before: string): EvidenceRecord | undefined {
  const sorted = records.toSorted((a, b) => (a.ts === b.ts ? 0 : a.ts < b.ts ? -1 : 1))
  return sorted.findLast((record) => record.ts <= before) ?? sorted[0]
}

/** The subject and its ancestors by parent, nearest first, and why the way ended. */
export interface Ancestors {
  readonly records: readonly EvidenceRecord[]
  /** The parent that is named and not on record; '' at a root, and in a cycle. */
  readonly missingParent: string
  /** The parent that would have led back to where the way had been; '' when there is none. */
  readonly cycleAt: string
}

/** What stands under a key, as the record of that exporter which stands under it has it; '' for nobody's. */
type LookUp = (key: string, near: string) => MergedRecord | undefined

/** Walks from a record outwards by parent, within its trace. Ends where it would come back to itself. */
export function walkAncestors(from: string, mergedRecord: LookUp): Ancestors {
  const records: EvidenceRecord[] = []
  const seen = new Set<string>()
  let key = from
  while (key !== '') {
    if (seen.has(key)) return { records, missingParent: '', cycleAt: key }
    const found = mergedRecord(key, records.at(-1)?.exporter ?? '')
    if (found === undefined) return { records, missingParent: key, cycleAt: '' }
    seen.add(key)
    records.push(found.record)
    key = found.record.parent
  }
  return { records, missingParent: '', cycleAt: '' }
}
