import { findingSeverities } from '@whodid/model/answers'
import type { Selector } from '@whodid/store'
import { engineTime, unixNsOf } from '../run/engine-time.ts'
import { agreeingRules } from './agreeing-rules.ts'
import type { Agreement, NamingHit } from './agreeing-rules.ts'
import { ruleCondition } from './read-open-findings.ts'
import { severitiesFrom } from './response-policy.ts'
import type { StopPolicy } from './response-policy.ts'

/** Hits that one look at the ledger takes, the ones found last first. */
const namingHitsMax = 5_000

/** Instances whose records are read in one look. */
const instancesMax = 100

/** Nanoseconds before a hit was found within which its records were received. */
const receivedWithinNs = 3n * 86_400_000_000_000n

/** Nanoseconds within which earlier orders are looked for: longer than any policy's time. */
const ordersWithinNs = 7n * 86_400_000_000_000n

/** The state of the orders to stop an instance so far. */
export interface EarlierStops {
  readonly attempts: number
  readonly lastAtUnixNs: bigint
  readonly isSettled: boolean
}

/** The instances that rules agree on, and what a response did about them so far. */
export interface Agreements {
  readonly agreements: readonly Agreement[]
  /** By the ID of the delivery. */
  readonly earlier: ReadonlyMap<string, EarlierStops>
  /** The newest settled order by instance, in nanoseconds since 1970. */
  readonly orderedAt: ReadonlyMap<string, bigint>
  /** Instances that the response stopped within the last hour. */
  readonly stoppedInHour: number
  /** True when there are more hits than were read. */
  readonly isCut: boolean
}

/**
 * Reads the instances that different rules agree on within the policy's time. Hits that were found before the newest settled order to stop
 * the instance do not count: somebody who lets it run again has seen them. Throws the errors of the store.
 */
export async function readAgreements(
  selector: Pick<Selector, 'select'>,
  policy: StopPolicy,
  nowUnixNs: bigint,
): Promise<Agreements> {
  const { tenant, name, rules, severity, withinNs } = policy
  const [found, tried] = await Promise.all([
    selector.select<HitTexts>({
      sql: hitsSql,
      parameters: {
        from: engineTime(nowUnixNs - withinNs),
        rules: rules.join(','),
        severities: severitiesFrom(severity).join(','),
        limit: namingHitsMax + 1,
      },
      tenant,
    }),
    selector.select<AttemptTexts>({
      sql: attemptsSql,
      parameters: { response: name, from: engineTime(nowUnixNs - ordersWithinNs) },
      tenant,
    }),
  ])
  const orders = readOrders(tried.rows, nowUnixNs)
  const hits = found.rows
    .slice(0, namingHitsMax)
    .map(readHit)
    .filter((hit) => hit.foundAtUnixNs > (orders.orderedAt.get(hit.instance) ?? 0n))
  // The records are read for those only on which rules agree if every record counts.
  const likely = agreeingRules(hits, () => true).slice(0, instancesMax)
  const names = new Set(likely.map(({ instance }) => instance))
  const own = await readOwnRecords(
    selector,
    hits.filter(({ instance }) => names.has(instance)),
    { tenant, nowUnixNs },
  )
  const agreements = agreeingRules(hits, (span, instance) => own.get(span)?.has(instance) === true)
  return { agreements, ...orders, isCut: found.rows.length > namingHitsMax }
}

const hitsSql = `SELECT finding_id, any(rule) AS of_rule, any(f.severity) AS of_severity,
  multiIf(startsWith(f.subject, 'instance:'), substring(f.subject, 10), startsWith(f.hit, 'instance:'), substring(f.hit, 10),
    f.measured['instance']) AS instance,
  toString(max(f.found_at)) AS found, groupUniqArrayArray(40)(f.spans) AS refs
FROM whodid.findings AS f
WHERE f.found_at > {from:DateTime64(9, 'UTC')}
  AND ${ruleCondition} AND has(splitByChar(',', {severities:String}), f.severity)
  AND finding_id IN (SELECT v.finding_id FROM whodid.v_findings AS v WHERE v.state = 'open')
GROUP BY finding_id, f.hit_id, instance
HAVING instance != ''
ORDER BY max(f.found_at) DESC, finding_id
LIMIT {limit:UInt32}`

const attemptsSql = `SELECT target, delivery_id, max(attempt) AS attempts, toString(max(a.attempted_at)) AS last_at,
  countIf(outcome != 'failed') AS settled, countIf(outcome = 'done' AND error = '') AS done
FROM whodid.finding_responses AS a
WHERE response = {response:String} AND a.attempted_at > {from:DateTime64(9, 'UTC')}
GROUP BY target, delivery_id`

const recordsSql = `SELECT concat(lower(hex(trace_id)), '-', lower(hex(span_id))) AS ref, instance_id
FROM whodid.v_spans AS s
WHERE trace_id IN (SELECT unhex(arrayJoin(splitByChar(',', {traces:String}))))
  AND s.received_at > {from:DateTime64(9, 'UTC')} AND channel = 'entitled' AND instance_id != ''
  AND has(splitByChar(',', {refs:String}), ref)
GROUP BY ref, instance_id
LIMIT {limit:UInt32}`

/** Records that are read of the hits at most. */
const recordsMax = 2_000

interface HitTexts {
  readonly finding_id: string
  readonly of_rule: string
  readonly of_severity: string
  readonly instance: string
  readonly found: string
  readonly refs: readonly string[]
}

interface AttemptTexts {
  readonly target: string
  readonly delivery_id: string
  readonly attempts: number
  readonly last_at: string
  readonly settled: string
  readonly done: string
}

function readHit(row: HitTexts): NamingHit {
  return {
    findingId: row.finding_id,
    rule: row.of_rule,
    severity: findingSeverities.find((known) => known === row.of_severity) ?? 'low',
    instance: row.instance,
    foundAtUnixNs: unixNsOf(row.found),
    spans: row.refs,
  }
}

function readOrders(
  rows: readonly AttemptTexts[],
  nowUnixNs: bigint,
): Pick<Agreements, 'earlier' | 'orderedAt' | 'stoppedInHour'> {
  const earlier = new Map<string, EarlierStops>()
  const orderedAt = new Map<string, bigint>()
  const inHour = new Set<string>()
  for (const row of rows) {
    const [lastAtUnixNs, isSettled] = [unixNsOf(row.last_at), row.settled !== '0']
    earlier.set(row.delivery_id, { attempts: row.attempts, lastAtUnixNs, isSettled })
    if (!isSettled) continue
    const instance = row.target.replace(/^instance:/u, '')
    const before = orderedAt.get(instance) ?? 0n
    orderedAt.set(instance, lastAtUnixNs > before ? lastAtUnixNs : before)
    if (row.done !== '0' && lastAtUnixNs > nowUnixNs - hourNs) inHour.add(instance)
  }
  return { earlier, orderedAt, stoppedInHour: inHour.size }
}

const hourNs = 3_600_000_000_000n

/** The instances that records of these hits are of, by record, where the sender is entitled to speak for them. */
async function readOwnRecords(
  selector: Pick<Selector, 'select'>,
  hits: readonly NamingHit[],
  { tenant, nowUnixNs }: { readonly tenant: string; readonly nowUnixNs: bigint },
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const refs = [...new Set(hits.flatMap(({ spans }) => spans))]
    .filter((span) => /^[0-9a-f]{32}-[0-9a-f]{16}$/u.test(span))
    .slice(0, recordsMax)
  if (refs.length === 0) return new Map()
  const traces = [...new Set(refs.map((ref) => ref.slice(0, 32)))]
  const { rows } = await selector.select<{ ref: string; instance_id: string }>({
    sql: recordsSql,
    parameters: {
      refs: refs.join(','),
      traces: traces.join(','),
      from: engineTime(nowUnixNs - receivedWithinNs),
      limit: 2 * recordsMax,
    },
    tenant,
  })
  const own = new Map<string, Set<string>>()
  for (const { ref, instance_id: instance } of rows)
    own.set(ref, (own.get(ref) ?? new Set()).add(instance))
  return own
}
