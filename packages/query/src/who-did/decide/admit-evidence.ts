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

/** The evidence that is admitted about the subject's actor, and what is not. */
export interface AdmittedEvidence extends AdmittedRecords {
  /** What stands above the ancestors and is not admitted; undefined when everything is. */
  readonly notAdmitted: NotAdmitted | undefined
}

/** Walks from the subject outwards, whoever sent what, and keeps what its senders may say of the subject's actor. */
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

/** The records that settle something about the subject's actor. */
export interface AdmittedRecords {
  /** The subject and its ancestors in its trace, nearest first; each record says only what its exporter may say. */
  readonly ancestors: Ancestors
  /** Returns what the admitted records under a key say together; undefined when there is none. */
  readonly mergedRecord: (key: string) => MergedRecord | undefined
  /** Whether a record's exporter may speak for the actor itself, and not only for somebody whom the actor's records name. */
  readonly isOwn: (record: EvidenceRecord) => boolean
}

/** Rounds of names followed from records to those whom they name; a longer line is no delegation but a loop. */
const roundsMax = 64

/**
 * Admits, of everything around the subject, its own record and its ancestors, those of exporters that may speak for its actor, and
 * those of whom these name: the instance that they call their parent, and the human's own prompt that they refer to. In the last case it is the exporter of the actor that says so, and each record is admitted only in the
 * words of an exporter that is entitled to it. Nobody else is admitted about prompts, plans, inputs, delegators and delegations.
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
      return { ...mergeVersions(versions, entitlements, passed.exporter), record: passed }
    const own = versions.filter(isOwn)
    const admitted = own.length > 0 ? own : versions.filter((version) => granted.has(version))
    const [first] = admitted
    return first && mergeVersions(admitted, entitlements, first.exporter)
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

/** What only stands in between: it leads on to its parent, and has no word in what led to the act. */
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

/** The exporters that may speak for the actor: that of its own records, and where that one is entitled, all that are. */
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
  // A sender that only stands under others has no word in what led to it.
  if (claimSource.exporter === subject.exporter) homes.add(subject.exporter)
  if (!entitlements.inherits(subject.exporter, actor)) return homes
  for (const versions of relatedRecords.values())
    for (const { exporter } of versions)
      if (entitlements.speaks(exporter, actor)) homes.add(exporter)
  return homes
}

/**
 * Records of other exporters that the actor's records name, and so on outwards; of each name the first that was received. An
 * instance that two templates claim is nobody's: see {@link secondClaimant}.
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

/** Tells whether somebody else claims the instance of a record, as another template and so early that it may be theirs. */
function contestReader(records: readonly EvidenceRecord[]): (record: EvidenceRecord) => boolean {
  const claims = new Map<string, InstanceClaim[]>()
  for (const { actor_type, instance, template, exporter, received_at } of records) {
    if (actor_type !== 'agent' || instance === '') continue
    const known = claims.get(instance) ?? []
    claims.set(instance, known)
    // In the order of receipt: what the same exporter says again is no earlier.
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

/** The name by which a record is called; '' where nobody calls it. What an own record tells of is not asked of others. */
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
