import type { DashboardSpec } from '../make/make-dashboard.ts'

const open = `FROM whodid.v_findings WHERE state = 'open'`
const found = 'FROM whodid.v_findings WHERE $__timeFilter_ms(last_found_at)'
const began = 'FROM whodid.v_findings WHERE $__timeFilter_ms(first_found_at)'
const beganAt = '$__timeInterval_ms(first_found_at) AS time'
const attempts = 'FROM whodid.v_finding_responses WHERE $__timeFilter_ms(attempted_at)'

/** What the detections found, what was decided about it, and what was done by itself. */
export const findingsDashboard: DashboardSpec = {
  uid: 'whodid-findings',
  title: 'Whodid: findings',
  description:
    'What the detections found: a finding is all the hits of one rule on one subject. What readers decided, and what was done by itself.',
  variables: [],
  panels: [
    {
      type: 'stat',
      title: 'Open findings',
      question: 'How much waits to be looked at?',
      description: 'Findings that nobody acknowledged or suppressed, whenever they were found.',
      unit: 'short',
      console: '/findings',
      size: [5, 4],
      sql: `SELECT count() AS findings ${open} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Open and severe',
      question: 'How much of it is urgent?',
      description: 'Open findings of severity high or critical, whenever they were found.',
      unit: 'short',
      console: '/findings',
      size: [5, 4],
      badFrom: 1,
      sql: `SELECT count() AS findings ${open} AND severity IN ('high', 'critical') LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Decided',
      question: 'What share of what was found did somebody decide about?',
      description:
        'Findings that were found in the chosen times and are acknowledged or suppressed now, of all that were.',
      unit: 'percentunit',
      console: '/findings',
      size: [5, 4],
      sql: `SELECT countIf(state != 'open') / greatest(count(), 1) AS share ${found} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Agents stopped by findings',
      question: 'Whom did Whodid stop by itself?',
      description:
        'Instances that a response paused or killed in the chosen times. Orders to what was stopped already are not counted.',
      unit: 'short',
      console: '/findings',
      size: [5, 4],
      badFrom: 1,
      sql: `SELECT uniqExact(target) AS instances ${attempts} AND kind IN ('pause', 'kill') AND outcome = 'done' AND error = '' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Responses given up',
      question: 'Who was to be told, and was not?',
      description: 'Deliveries that were given up in the chosen times.',
      unit: 'short',
      console: '/findings',
      size: [4, 4],
      badFrom: 1,
      sql: `SELECT uniqExact(delivery_id) AS deliveries ${attempts} AND outcome = 'given_up' LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'New findings by severity',
      question: 'When is how much found?',
      description: 'Findings at the time of their first hit, by the severity of the newest.',
      unit: 'short',
      console: '/findings',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${beganAt}, severity, count() AS findings ${began} GROUP BY time, severity ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'New findings by rule',
      question: 'Which rules find much?',
      description:
        'Findings at the time of their first hit. A rule that finds something every hour is to be acted on, or suppressed.',
      unit: 'short',
      console: '/findings',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${beganAt}, rule, count() AS findings ${began} GROUP BY time, rule ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Newest open findings',
      question: 'What is to be looked at first?',
      description:
        'Open findings whose newest hit was found in the chosen times, newest first. The words quote names that agents chose.',
      unit: 'short',
      console: '/findings',
      size: [24, 9],
      columns: ['time', 'severity', 'rule', 'subject', 'words', 'hits', 'finding'],
      sql: `SELECT last_found_at AS time, severity, rule, subject, left(v.text, 300) AS words, hits, finding_id AS finding
        FROM whodid.v_findings AS v WHERE $__timeFilter_ms(last_found_at) AND state = 'open' ORDER BY time DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Rules',
      question: 'Which rules find what, and what becomes of it?',
      description: 'One row a rule, of the findings whose newest hit is in the chosen times.',
      unit: 'short',
      console: '/findings',
      size: [12, 9],
      columns: ['rule', 'open', 'acknowledged', 'suppressed', 'all_hits', 'newest'],
      sql: `SELECT rule, countIf(state = 'open') AS open, countIf(state = 'acknowledged') AS acknowledged, countIf(state = 'suppressed') AS suppressed, sum(hits) AS all_hits, max(last_found_at) AS newest
        ${found} GROUP BY rule ORDER BY newest DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Suppressed',
      question: 'What is nobody told of, by whose decision, and until when?',
      description: 'Findings that are suppressed now. The reason is text of the one who decided.',
      unit: 'short',
      console: '/findings',
      size: [12, 9],
      columns: ['rule', 'subject', 'by', 'why', 'ends', 'finding'],
      sql: `SELECT rule, subject, decided_by AS by, left(v.reason, 200) AS why, suppressed_until AS ends, finding_id AS finding
        FROM whodid.v_findings AS v WHERE state = 'suppressed' ORDER BY ends LIMIT 200`,
    },
    {
      type: 'timeseries',
      title: 'Responses',
      question: 'Does what is done about findings come off?',
      description: 'Attempts, by response and outcome. One that failed is made again.',
      unit: 'short',
      console: '/findings',
      size: [8, 9],
      stacked: true,
      sql: `SELECT $__timeInterval_ms(attempted_at) AS time, concat(response, ': ', outcome) AS what, count() AS attempts ${attempts} GROUP BY time, what ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Newest responses',
      question: 'What was done about which finding, and how did it end?',
      description: 'Attempts to act on findings, newest first.',
      unit: 'short',
      console: '/findings',
      size: [16, 9],
      columns: [
        'time',
        'response',
        'kind',
        'outcome',
        'error',
        'attempt',
        'target',
        'rule',
        'finding',
      ],
      sql: `SELECT attempted_at AS time, response, kind, outcome, error, attempt, target, rule, finding_id AS finding ${attempts} ORDER BY time DESC LIMIT 200`,
    },
  ],
}
