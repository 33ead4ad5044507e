import { findingSeverities } from '@whodid/model/answers'
import type { Selector } from '@whodid/store'
import { engineTime, unixNsOf } from '../run/engine-time.ts'
import { agreeingRules } from './agreeing-rules.ts'
import type { Agreement, NamingHit } from './agreeing-rules.ts'
import { readOwners } from './read-owners.ts'
import { ruleCondition } from './read-open-findings.ts'
import { severitiesFrom } from './response-policy.ts'
import type { StopPolicy } from './response-policy.ts'

/** Hits that one look at the ledger takes, the ones found last first. */
const namingHitsMax = 5_000

/** Instances whose records are read in one look. */
const instancesMax = 100

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
  /** Instances that rules would agree on, were they not claimed by several senders or under several templates. */
  readonly disputed: number
  /** True when there are more hits, or records of theirs, than were read. */
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
  const likely = agreeingRules(hits, () => 'own').slice(0, instancesMax)
  const names = new Set(likely.map(({ instance }) => instance))
  const owners = await readOwners(
    selector,
    hits.filter(({ instance }) => names.has(instance)),
    { tenant, nowUnixNs },
  )
  const agreements = agreeingRules(hits, owners.ownerOf)
  const agreed = new Set(agreements.map(({ instance }) => instance))
  const disputed = [...names].filter((name) => owners.isDisputed(name) && !agreed.has(name)).length
  const isCut = found.rows.length > namingHitsMax || owners.isCut
  return { agreements, ...orders, disputed, isCut }
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
