import type { Selector } from '@whodid/store'
import { engineTime } from '../run/engine-time.ts'
import type { NamingHit, RecordOwner } from './agreeing-rules.ts'

/** Records that are read of the hits at most. */
const recordsMax = 2_000

/** Nanoseconds before a hit was found within which its records were received. */
const receivedWithinNs = 3n * 86_400_000_000_000n

/** Nanoseconds within which another claim to an instance's name disputes it. */
const claimedWithinNs = 30n * 86_400_000_000_000n

/** Whose the records of hits are. */
export interface Owners {
  /** Whose a record is for an instance; undefined where it cannot count toward a stop. */
  readonly ownerOf: (span: string, instance: string) => RecordOwner
  /** True where more than one sender, or more than one template, claims the instance. */
  readonly isDisputed: (instance: string) => boolean
  /** True when there are more records, or claims, than were read. */
  readonly isCut: boolean
}

interface OwnRecord {
  readonly ref: string
  readonly instance_id: string
  readonly parent: string
  readonly exporter: string
  readonly of_channel: string
}

/**
 * Reads whose the records of these hits are. A record is an instance's own where its sender is entitled to speak for it and no other sender
 * and no other template has claimed the instance, with or without a right to it; it is its parent's where the same holds of the parent,
 * which a record of the instance's own names, and both have one sender. Throws the errors of the store.
 */
export async function readOwners(
  selector: Pick<Selector, 'select'>,
  hits: readonly NamingHit[],
  { tenant, nowUnixNs }: { readonly tenant: string; readonly nowUnixNs: bigint },
): Promise<Owners> {
  const all = [...new Set(hits.flatMap(({ spans }) => spans))].filter((span) =>
    /^[0-9a-f]{32}-[0-9a-f]{16}$/u.test(span),
  )
  const refs = all.slice(0, recordsMax)
  const nobody = { ownerOf: () => undefined, isDisputed: () => false, isCut: false }
  if (refs.length === 0) return nobody
  const traces = [...new Set(refs.map((ref) => ref.slice(0, 32)))]
  const limit = 2 * recordsMax
  const { rows: records } = await selector.select<OwnRecord>({
    sql: recordsSql,
    parameters: {
      refs: refs.join(','),
      traces: traces.join(','),
      from: engineTime(nowUnixNs - receivedWithinNs),
      limit,
    },
    tenant,
  })
  const { rows: claims } = await selector.select<{ instance: string }>({
    sql: disputedSql,
    parameters: {
      instances: JSON.stringify([...new Set(records.map((row) => row.instance_id))]),
      from: engineTime(nowUnixNs - claimedWithinNs),
    },
    tenant,
  })
  const disputed = new Set(claims.map(({ instance }) => instance))
  const isCut = all.length > refs.length || records.length >= limit
  return {
    ownerOf: ownersOf(records, disputed),
    isDisputed: (name) => disputed.has(name),
    isCut,
  }
}

/** Every version of a record counts: one that is not entitled, or names another instance, makes it nobody's. */
function ownersOf(records: readonly OwnRecord[], disputed: ReadonlySet<string>): Owners['ownerOf'] {
  const byRef = new Map<string, OwnRecord[]>()
  const parentsOf = new Map<string, Set<string>>()
  const exporterOf = new Map<string, string>()
  for (const record of records) {
    byRef.set(record.ref, [...(byRef.get(record.ref) ?? []), record])
    const { instance_id: instance, parent, exporter } = record
    if (record.of_channel !== 'entitled' || disputed.has(instance)) continue
    exporterOf.set(instance, exporter)
    parentsOf.set(instance, (parentsOf.get(instance) ?? new Set()).add(parent))
  }
  return (span, instance) => {
    const versions = byRef.get(span) ?? []
    const [first] = versions
    if (first === undefined) return undefined
    const name = first.instance_id
    const isOne = versions.every(
      (version) => version.of_channel === 'entitled' && version.instance_id === name,
    )
    if (!isOne || name === '' || disputed.has(name)) return undefined
    if (name === instance) return 'own'
    const isParent = parentsOf.get(instance)?.has(name) === true
    return isParent && exporterOf.get(instance) === first.exporter ? 'parent' : undefined
  }
}

const recordsSql = `SELECT DISTINCT concat(lower(hex(trace_id)), '-', lower(hex(span_id))) AS ref, instance_id,
  instance_parent_id AS parent, exporter, channel AS of_channel
FROM whodid.v_spans AS s
WHERE trace_id IN (SELECT unhex(arrayJoin(splitByChar(',', {traces:String}))))
  AND s.received_at > {from:DateTime64(9, 'UTC')}
  AND has(splitByChar(',', {refs:String}), ref)
LIMIT {limit:UInt32}`

// Of the threads, which hold each claim to a name, the ones without a right to it too: what Whodid itself records of an instance is no claim.
const disputedSql = `SELECT instance FROM
(SELECT arrayJoin(JSONExtract({instances:String}, 'Array(String)')) AS instance, sipHash64('instance', instance) AS key) AS named
INNER JOIN
(
  SELECT key, uniqExact(exporter) AS senders, uniqExactIf(template_id, template_id != '') AS templates
  FROM whodid.threads
  WHERE key IN (SELECT sipHash64('instance', arrayJoin(JSONExtract({instances:String}, 'Array(String)'))))
    AND received_at > {from:DateTime64(9, 'UTC')} AND exporter NOT IN ('', 'whodid')
  GROUP BY key
) AS claims ON named.key = claims.key
WHERE senders > 1 OR templates > 1`
