import { readEntitlements } from '../evidence/entitlements.ts'
import type { Entitlements } from '../evidence/entitlements.ts'
import type { EvidenceRecord, InstanceClaim } from '../evidence/evidence-record.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { crossExporters } from './cross-exporters.ts'
import type { Crossed, NotAdmitted } from './cross-exporters.ts'
import { secondClaimant } from './find-contradiction.ts'
import { walkAncestors } from './join-path.ts'
import type { Ancestors } from './join-path.ts'
import { mergeVersions } from './merge-versions.ts'
import type { MergedRecord } from './merge-versions.ts'
import { silenced } from './resolve-claims.ts'

/** The evidence that is admitted about the subject's actor, and the record that is not. */
export interface AdmittedEvidence extends AdmittedRecords {
  /** The record above the ancestors that is not admitted; undefined when all are. */
  readonly notAdmitted: NotAdmitted | undefined
}

/** Walks outwards from the subject across all exporters, and keeps the claims each may make on the subject's actor. */
export function admitEvidence(evidence: Evidence): AdmittedEvidence {
  const { relatedRecords, subject } = evidence
  const entitlements = readEntitlements(relatedRecords)
  const all = walkAncestors(subject, (key, near) => {
    const versions = relatedRecords.get(key)
    return versions && mergeVersions(versions, entitlements, near)
  })
  const crossed = crossExporters(all, entitlements)
  return { ...admitRecords(evidence, crossed, entitlements), notAdmitted: crossed.notAdmitted }
}

/** The records that are admitted about the subject's actor. */
export interface AdmittedRecords {
  /** The subject and its ancestors in its trace, nearest first; each makes only claims that its exporter may make. */
  readonly ancestors: Ancestors
  /** Returns the merged record of the admitted records under a key; undefined when there is none. */
  readonly mergedRecord: (key: string) => MergedRecord | undefined
  /** True when a record's exporter may speak for the actor itself, not only for somebody the actor's records name. */
  readonly isOwn: (record: EvidenceRecord) => boolean
}

/** The maximum number of rounds that follow names from record to record; a longer line is a loop. */
const roundsMax = 64

/**
 * Admits, of all related records, the subject and its ancestors, the records of exporters that may speak for the actor,
 * and the records that these name: those of the instance they call their parent, and the human's own prompt they refer
 * to. The actor's exporter makes that reference; each named record is admitted only from an exporter that is entitled
 * to it. No other record is admitted about prompts, plans, inputs, delegators and delegations.
 */
function admitRecords(
  { relatedRecords }: Evidence,
  { ancestors, actor }: Crossed,
  entitlements: Entitlements,
): AdmittedRecords {
  const homes = homesOf(ancestors.records, relatedRecords, { actor, entitlements })
  const isOwn = (record: EvidenceRecord): boolean => homes.has(record.exporter)
  const records = ancestors.records.map((record, index) =>
    index === 0 || isOwn(record) ? record : bare(record),
  )
  const amongAncestors = new Map(records.map((record) => [record.key, record]))
  const granted = namedRecords(relatedRecords, isOwn)
  const remembered = new Map<string, MergedRecord | undefined>()
  const admit = (key: string): MergedRecord | undefined => {
    const versions = relatedRecords.get(key)
    if (versions === undefined) return undefined
    const passed = amongAncestors.get(key)
    if (passed !== undefined)
      return { ...mergeVersions(versions, entitlements, [passed.exporter]), record: passed }
    const own = versions.filter(isOwn)
    const admitted = own.length > 0 ? own : versions.filter((version) => granted.has(version))
    const [first] = admitted
    return first && mergeVersions(admitted, entitlements, [first.exporter])
  }
  return {
    isOwn,
    ancestors: { ...ancestors, records },
    mergedRecord: (key) => {
      if (!remembered.has(key)) remembered.set(key, admit(key))
      return remembered.get(key)
    },
  }
}

/** Returns a record that only leads on to its parent, without its claims on what led to the act. */
function bare(record: EvidenceRecord): EvidenceRecord {
  return {
    ...silenced(record),
    kind: structural.has(record.kind) ? 'other' : record.kind,
    user: '',
    prompt_ref: '',
    plan_ref: '',
    correlation: '',
    delegation: '',
    delegation_parent: '',
    delegation_chain: [],
    instance_parent: '',
    input_source: '',
    credential: '',
  }
}

const structural: ReadonlySet<string> = new Set(['session', 'prompt', 'plan', 'delegation'])

/** Returns the exporters that may speak for the actor: that of its own records and, if it is entitled, all that are. */
function homesOf(
  ancestors: readonly EvidenceRecord[],
  relatedRecords: Evidence['relatedRecords'],
  {
    actor,
    entitlements,
  }: { readonly actor: Crossed['actor']; readonly entitlements: Entitlements },
): ReadonlySet<string> {
  const homes = new Set<string>()
  const [subject] = ancestors
  if (subject === undefined) return homes
  const claimSource = ancestors.find((record) => record.actor_type !== '') ?? subject
  // An exporter that only inherits its actor from others' records makes no claim on what led to the act.
  if (claimSource.exporter === subject.exporter) homes.add(subject.exporter)
  if (!entitlements.inherits(subject.exporter, actor)) return homes
  for (const versions of relatedRecords.values())
    for (const { exporter } of versions)
      if (entitlements.speaks(exporter, actor)) homes.add(exporter)
  return homes
}

/**
 * Returns the records of other exporters that the actor's records name, directly or through such records. For each
 * name, only the exporter whose record was received first counts. An instance that two templates claim is not admitted:
 * see {@link secondClaimant}.
 */
function namedRecords(
  relatedRecords: Evidence['relatedRecords'],
  isOwn: (record: EvidenceRecord) => boolean,
): ReadonlySet<EvidenceRecord> {
  const all = [...relatedRecords.values()].flat()
  const owned = all.filter(isOwn)
  const others = all
    .filter((record) => !isOwn(record) && record.channel === 'entitled')
    .toSorted((a, b) =>
      a.received_at === b.received_at ? 0 : a.received_at < b.received_at ? -1 : 1,
    )
  const granted = new Set<EvidenceRecord>()
  if (others.length === 0) return granted
  const known = new Set(owned.map(({ instance }) => instance))
  const isContested = contestReader(others)
  const speakerOf = new Map<string, string>()
  let saying: readonly EvidenceRecord[] = owned
  for (let round = 0; round < roundsMax && saying.length > 0; round += 1) {
    const names = namesIn(saying)
    saying = others.filter((record) => {
      const name = nameOf(record, names, known)
      if (granted.has(record) || name === '' || isContested(record)) return false
      if (!speakerOf.has(name)) speakerOf.set(name, record.exporter)
      return speakerOf.get(name) === record.exporter
    })
    for (const record of saying) granted.add(record)
  }
  return granted
}

/**
 * Returns a test: true when another exporter claims a record's instance for another template, early enough to own it.
 */
function contestReader(records: readonly EvidenceRecord[]): (record: EvidenceRecord) => boolean {
  const claims = new Map<string, InstanceClaim[]>()
  for (const { actor_type, instance, template, exporter, received_at } of records) {
    if (actor_type !== 'agent' || instance === '') continue
    const known = claims.get(instance) ?? []
    claims.set(instance, known)
    // The records are in order of receipt: a repeated claim of an exporter is never earlier.
    if (!known.some((one) => one.exporter === exporter && one.template === template))
      known.push({ instance_key: instance, template, exporter, received_at })
  }
  return (record) =>
    record.actor_type === 'agent' &&
    secondClaimant(
      { ...record, instance_key: record.instance },
      claims.get(record.instance) ?? [],
    ) !== undefined
}

interface Names {
  readonly instances: ReadonlySet<string>
  readonly prompts: ReadonlySet<string>
}

function namesIn(records: readonly EvidenceRecord[]): Names {
  return {
    instances: new Set(
      records.flatMap((one) => [one.instance_parent, ...one.delegation_chain.slice(1)]),
    ),
    prompts: new Set(records.map(({ prompt_ref: ref }) => ref)),
  }
}

/**
 * Returns the name by which other records refer to a record; '' when none does. An instance that has records of the
 * actor's own exporters is not looked up in those of others.
 */
function nameOf(
  record: EvidenceRecord,
  { instances, prompts }: Names,
  known: ReadonlySet<string>,
): string {
  const { instance, key, kind } = record
  const isAgent = record.actor_type === 'agent'
  if (isAgent && instance !== '' && instances.has(instance) && !known.has(instance))
    return `instance:${instance}`
  return record.actor_type === 'human' && kind === 'prompt' && prompts.has(key)
    ? `prompt:${key}`
    : ''
}
