import type { Selector, Statement } from '@whodid/store'
import { engineTime, unixNsOf } from '../run/engine-time.ts'
import type { Decision, EarlierAttempts, OpenFinding } from './due-attempts.ts'
import { severitiesFrom } from './response-policy.ts'
import type { ResponsePolicy } from './response-policy.ts'

/** Nanoseconds after its newest hit within which a finding is answered to. */
const reachNs = 86_400_000_000_000n

/** Findings that one look at the ledger takes, the ones found last first. */
const openFindingsMax = 10_000

/** The findings that a response may answer to, and what it did about them so far. */
export interface OpenFindings {
  readonly findings: readonly OpenFinding[]
  /** By the ID of the delivery. */
  readonly earlier: ReadonlyMap<string, EarlierAttempts>
  /** True when there are more than were read. */
  readonly isCut: boolean
}

/** Reads the open findings of a policy's tenant, rules and severity whose newest hit is not older than a day. Throws the errors of the store. */
export async function readOpenFindings(
  selector: Pick<Selector, 'select'>,
  policy: ResponsePolicy,
  nowUnixNs: bigint,
): Promise<OpenFindings> {
  const { tenant, name, rules, severity } = policy
  const from = engineTime(nowUnixNs - reachNs)
  const select = <Row>(sql: string, more: Statement['parameters']) =>
    selector.select<Row>({ sql, parameters: { from, ...more }, tenant })
  const [found, decided, tried] = await Promise.all([
    select<{ finding_id: string; last_found: string }>(findingsSql, {
      rules: rules.join(','),
      severities: severitiesFrom(severity).join(','),
      limit: openFindingsMax + 1,
    }),
    select<{ finding_id: string; decisions: [string, string, string][] }>(decisionsSql, {}),
    select<AttemptTexts>(attemptsSql, { response: name }),
  ])
  const decisions = new Map(decided.rows.map((row) => [row.finding_id, row.decisions]))
  const findings = found.rows.slice(0, openFindingsMax).map((row): OpenFinding => ({
    id: row.finding_id,
    lastFoundUnixNs: unixNsOf(row.last_found),
    decisions: (decisions.get(row.finding_id) ?? []).map(readDecision),
  }))
  const earlier = new Map(tried.rows.map((row) => [row.delivery_id, readEarlier(row)]))
  return { findings, earlier, isCut: found.rows.length > openFindingsMax }
}

/** SQL for "of one of these rules": the parameter is a list with commas, '' for every rule. */
export const ruleCondition = `({rules:String} = '' OR has(splitByChar(',', {rules:String}), rule))`

const recentIds = `SELECT f.finding_id FROM whodid.findings AS f WHERE f.found_at > {from:DateTime64(9, 'UTC')}`

const findingsSql = `SELECT finding_id, toString(v.last_found_at) AS last_found
FROM whodid.v_findings AS v
WHERE v.state = 'open' AND v.last_found_at > {from:DateTime64(9, 'UTC')}
  AND ${ruleCondition} AND has(splitByChar(',', {severities:String}), severity)
ORDER BY v.last_found_at DESC, finding_id
LIMIT {limit:UInt32}`

const decisionsSql = `SELECT finding_id,
  arrayMap(d -> (toString(d.1), d.2, toString(d.3)), arraySort(groupArray(500)((t.decided_at, t.action, t.until)))) AS decisions
FROM whodid.finding_triage AS t
WHERE finding_id IN (${recentIds})
GROUP BY finding_id`

const attemptsSql = `SELECT delivery_id, max(attempt) AS attempts, toString(max(a.attempted_at)) AS last_at,
  countIf(outcome != 'failed') AS settled
FROM whodid.finding_responses AS a
WHERE response = {response:String} AND finding_id IN (${recentIds})
GROUP BY delivery_id`

interface AttemptTexts {
  readonly delivery_id: string
  readonly attempts: number
  readonly last_at: string
  readonly settled: string
}

function readDecision([decided, action, until]: [string, string, string]): Decision {
  return { action, decidedAtUnixNs: unixNsOf(decided), untilUnixNs: unixNsOf(until) }
}

function readEarlier({ attempts, last_at: last, settled }: AttemptTexts): EarlierAttempts {
  return { attempts, lastAtUnixNs: unixNsOf(last), isSettled: settled !== '0' }
}
