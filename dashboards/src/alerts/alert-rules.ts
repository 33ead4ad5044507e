import { oneLine, pluginType } from '../make/make-target.ts'
import { range } from '../make/in-range.ts'

/** The data source that the provisioning file makes: an alert rule has no variable to choose one. */
export const provisionedSource = 'whodid'

/** One alert rule: a number that is compared with a threshold. */
export interface AlertRule {
  readonly uid: string
  readonly title: string
  readonly summary: string
  readonly severity: 'critical' | 'warning'
  /** Fires above this. */
  readonly above: number
  /** Seconds before now that the query reads; the newest are not there yet, so never less than 300. */
  readonly seconds: number
  /** Time from one evaluation to the next: what reads a day is asked less often. */
  readonly every: '1m' | '5m'
  /** Time for which it must hold. */
  readonly holds: string
  /** `Alerting` where silence is the fault itself. */
  readonly noData: 'OK' | 'Alerting'
  /** The dashboard that shows more. */
  readonly dashboard: string
  readonly sql: string
}

const since = 'since_ms = toUnixTimestamp64Milli($__fromTime_ms)'
const quarterAgo = '$__toTime_ms - INTERVAL 15 MINUTE'

/** A quarter of an hour holds no rise before it holds as many acts as this. */
const actsMin = 5

/** The alert rules. No variable, `$__conditionalAll` or ad-hoc filter is expanded in an alert's query. */
export const alertRules: readonly AlertRule[] = [
  {
    uid: 'whodid-integrity-broken',
    title: 'The ledger is not whole',
    summary:
      'Places of a log have no record or two, or the ledger reports damage. Stop changes to ClickHouse and run whodid verify from another machine.',
    severity: 'critical',
    above: 0,
    seconds: 3_600,
    every: '1m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-health',
    sql: `SELECT sum(missing) + sum(repeated_places) + (
        SELECT count() FROM whodid.v_ledger_events WHERE $__timeFilter_ms(ts) AND event IN ('hole', 'damage')) AS value
      FROM whodid.v_log_gaps(${since}) LIMIT 1`,
  },
  {
    uid: 'whodid-sealing-stalled',
    title: 'Sealing does not advance',
    summary:
      'No heartbeat has reported a larger sealed size for five minutes, or none has come at all. New records can be changed without trace until it goes on.',
    severity: 'critical',
    above: 300,
    seconds: 21_600,
    every: '1m',
    holds: '1m',
    noData: 'Alerting',
    dashboard: 'whodid-health',
    sql: `SELECT max(age) AS value FROM (
        SELECT log_id, dateDiff('second', first_ts, $__toTime_ms) AS age FROM (
          SELECT log_id, sealed_size, min(ts) AS first_ts FROM whodid.v_ledger_events WHERE $__timeFilter_ms(ts) AND event = 'heartbeat'
          GROUP BY log_id, sealed_size ORDER BY sealed_size DESC LIMIT 1 BY log_id)) HAVING count() > 0 LIMIT 1`,
  },
  {
    uid: 'whodid-unattributed-rising',
    title: 'More and more acts name nobody',
    summary:
      'Acts that name nobody are three times as many as in a usual quarter of an hour of the last day. An agent may run without instrumentation, or hide.',
    severity: 'warning',
    above: 3,
    seconds: 86_400,
    every: '5m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-ghosts',
    sql: `SELECT if(now_acts < ${actsMin}, 0, now_acts / greatest(before_acts / 95, 1)) AS value FROM (
        SELECT uniqIf(act, ts > ${quarterAgo}) AS now_acts, uniqIf(act, ts <= ${quarterAgo}) AS before_acts
        FROM whodid.v_unattributed(${range})) LIMIT 1`,
  },
  {
    uid: 'whodid-destructive-unapproved',
    title: 'A destructive act without approval',
    summary: 'Something was deleted, and no record of its trace allows it.',
    severity: 'critical',
    above: 0,
    seconds: 900,
    every: '1m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-approvals',
    sql: `SELECT uniq(act) AS value FROM whodid.v_unapproved(${range}) LIMIT 1`,
  },
  {
    uid: 'whodid-untrusted-then-privileged',
    title: 'A privileged act after untrusted input',
    summary:
      'An agent read what a stranger wrote, and then deleted, sent, executed, approved, or used a person’s credential.',
    severity: 'critical',
    above: 0,
    seconds: 900,
    every: '1m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-untrusted',
    sql: `SELECT uniq(act) AS value FROM whodid.v_after_untrusted(${range}) WHERE privileged LIMIT 1`,
  },
  {
    uid: 'whodid-agent-under-a-name',
    title: 'An agent’s act under a person’s name in another system',
    summary:
      'A log that was imported in the last quarter of an hour names a person for a change, and the event carries an agent’s mark. whodid ghosts holds it against the records.',
    severity: 'warning',
    above: 0,
    seconds: 86_400,
    every: '5m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-ghosts',
    sql: `SELECT uniq(trace, span) AS value FROM whodid.v_imported_events
      WHERE $__timeFilter_ms(ts) AND received_at > ${quarterAgo} AND person != '' AND verb != 'read' AND notEmpty(marks) LIMIT 1`,
  },
  {
    uid: 'whodid-severe-finding',
    title: 'A detection found something severe',
    summary:
      'A finding of severity high or critical is open, and was found in the last quarter of an hour. Its page says what to do.',
    severity: 'critical',
    above: 0,
    seconds: 900,
    every: '1m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-findings',
    sql: `SELECT count() AS value FROM whodid.v_findings
      WHERE $__timeFilter_ms(last_found_at) AND state = 'open' AND severity IN ('high', 'critical') LIMIT 1`,
  },
  {
    uid: 'whodid-response-given-up',
    title: 'A response to a finding was given up',
    summary: 'Somebody was to be told of a finding, or an agent to be stopped, and was not.',
    severity: 'critical',
    above: 0,
    seconds: 3_600,
    every: '1m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-findings',
    sql: `SELECT uniqExact(delivery_id) AS value FROM whodid.v_finding_responses
      WHERE $__timeFilter_ms(attempted_at) AND outcome = 'given_up' LIMIT 1`,
  },
  {
    uid: 'whodid-records-missing',
    title: 'Records of a run are missing',
    summary:
      'Numbers of an instance have no record, and nothing has come of them for five minutes. What they stood for was done and is not on record.',
    severity: 'warning',
    above: 0,
    seconds: 21_600,
    every: '5m',
    holds: '0s',
    noData: 'OK',
    dashboard: 'whodid-completeness',
    sql: `SELECT sum(if(newest = 0, 0, newest - first + 1 - arrayCount(n -> n <= newest, numbers))) AS value FROM (
        SELECT instance_id, toInt64(min(seq)) AS first, groupUniqArray(seq) AS numbers,
          toInt64(maxIf(seq, received_at < $__toTime_ms - INTERVAL 5 MINUTE)) AS newest
        FROM whodid.v_spans WHERE $__timeFilter_ms(ts) AND instance_id != '' AND channel != 'unentitled' AND seq >= 1
        GROUP BY instance_id) LIMIT 1`,
  },
  {
    uid: 'whodid-lag',
    title: 'Records come in late',
    summary: 'One record in twenty needs more than a minute from its end to its receipt.',
    severity: 'warning',
    above: 60,
    seconds: 21_600,
    every: '1m',
    holds: '5m',
    noData: 'OK',
    dashboard: 'whodid-health',
    sql: `SELECT if(count() = 0, 0, quantile(0.95)(greatest(dateDiff('millisecond', end_ts, received_at), 0) / 1000)) AS value
      FROM whodid.v_spans WHERE $__timeFilter_ms(ts) AND received_at > ${quarterAgo} AND tenant != 'whodid.system' LIMIT 1`,
  },
]

/** Makes the content of the file that provisions the rules: `apiVersion: 1`, and a group for each interval in the dashboards' folder. */
export function alertingFile(): Record<string, unknown> {
  const groups = (['1m', '5m'] as const).map((every) => ({
    orgId: 1,
    name: `whodid-${every}`,
    folder: 'Whodid',
    interval: every,
    rules: alertRules.filter((rule) => rule.every === every).map(ruleOf),
  }))
  return { apiVersion: 1, groups }
}

function ruleOf(rule: AlertRule): Record<string, unknown> {
  return {
    uid: rule.uid,
    title: rule.title,
    condition: 'C',
    for: rule.holds,
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: rule.seconds, to: 0 },
        datasourceUid: provisionedSource,
        model: {
          refId: 'A',
          datasource: { type: pluginType, uid: provisionedSource },
          editorType: 'sql',
          queryType: 'table',
          format: 1,
          intervalMs: 1_000,
          maxDataPoints: 43_200,
          rawSql: oneLine(rule.sql),
        },
      },
      expression('B', { type: 'reduce', expression: 'A', reducer: 'last' }),
      expression('C', {
        type: 'threshold',
        expression: 'B',
        conditions: [{ evaluator: { type: 'gt', params: [rule.above] } }],
      }),
    ],
    noDataState: rule.noData,
    execErrState: 'Error',
    labels: { severity: rule.severity, product: 'whodid' },
    annotations: { summary: rule.summary, dashboard: `/d/${rule.dashboard}` },
    isPaused: false,
  }
}

function expression(refId: string, model: Record<string, unknown>): Record<string, unknown> {
  return {
    refId,
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: '__expr__',
    model: { refId, datasource: { type: '__expr__', uid: '__expr__' }, ...model },
  }
}
