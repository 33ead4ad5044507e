import type { DashboardSpec } from '../make/make-dashboard.ts'
import { listVariable } from '../make/make-variables.ts'
import { bucket, choicesOf, inChosen, inRange, range } from '../make/in-range.ts'

const chosen = inChosen('template_id', 'template')
const decisions = `FROM whodid.v_approvals WHERE ${inRange} AND ${chosen}`
const unapproved = `FROM whodid.v_unapproved(${range}) WHERE ${chosen}`

/** Decisions on acts, and destructive acts that nobody decided on. */
export const approvalsDashboard: DashboardSpec = {
  uid: 'whodid-approvals',
  title: 'Whodid: approvals and denials',
  description: 'Decisions on acts, by whom and by which policy, and destructive acts without one.',
  variables: [listVariable('template', 'Template', choicesOf('template_id', 'whodid.v_acts'))],
  panels: [
    {
      type: 'stat',
      title: 'Decisions',
      question: 'How many acts were decided on?',
      description: 'Records that carry a decision: allow, deny or require_approval.',
      unit: 'short',
      console: '/',
      size: [8, 4],
      sql: `SELECT count() AS records ${decisions} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Denied',
      question: 'What share of decisions was a refusal?',
      description: 'Decisions to deny, of all decisions to allow or deny.',
      unit: 'percentunit',
      console: '/',
      size: [8, 4],
      sql: `SELECT countIf(decision = 'deny') / greatest(countIf(decision IN ('allow', 'deny')), 1) AS share ${decisions} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Destructive acts without approval',
      question: 'How much was deleted that nobody allowed?',
      description:
        'Destructive acts that succeeded while no record of their trace allows the action, the call, the resource or the tool. No record is no proof that nobody allowed it.',
      unit: 'short',
      console: '/',
      size: [8, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${unapproved} LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Decisions over time',
      question: 'When is how much allowed and denied?',
      description: 'Records with a decision, by the decision.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, decision, count() AS records ${decisions} GROUP BY time, decision ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Destructive acts without approval, by template',
      question: 'Which agents delete without being asked?',
      description: 'Destructive acts that succeeded without an approval on record.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, template_id AS template, uniq(act) AS acts ${unapproved} GROUP BY time, template ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Who decides',
      question: 'Who or which policy decides, and how?',
      description: 'One row an approver, source and policy.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: ['approver', 'decided_by', 'policy', 'allowed', 'denied', 'required', 'newest'],
      sql: `SELECT approver_id AS approver, v.source AS decided_by, policy_id AS policy, countIf(decision = 'allow') AS allowed, countIf(decision = 'deny') AS denied, countIf(decision = 'require_approval') AS required, max(ts) AS newest
        FROM whodid.v_approvals AS v WHERE ${inRange} AND ${chosen} GROUP BY approver, decided_by, policy ORDER BY newest DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Newest denials',
      question: 'What did agents try that was refused?',
      description: 'Decisions to deny, newest first. The reason is text of the one who decided.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: [
        'time',
        'tool',
        'resource',
        'reason',
        'approver',
        'template',
        'instance',
        'act_span',
      ],
      sql: `SELECT ts AS time, tool_name AS tool, resource_id AS resource, left(v.reason, 200) AS reason, approver_id AS approver, template_id AS template, instance_id AS instance, concat(trace, '-', span) AS act_span
        FROM whodid.v_approvals AS v WHERE ${inRange} AND ${chosen} AND decision = 'deny' ORDER BY time DESC LIMIT 100`,
    },
    {
      type: 'table',
      title: 'Newest destructive acts without approval',
      question: 'What was deleted that nobody allowed?',
      description: 'Destructive acts that succeeded without an approval on record, newest first.',
      unit: 'short',
      console: '/',
      size: [24, 9],
      columns: ['time', 'verb', 'resource', 'tool', 'template', 'instance', 'person', 'act_span'],
      sql: `SELECT ts AS time, verb, resource_id AS resource, tool_name AS tool, template_id AS template, instance_id AS instance, delegator_id AS person, concat(trace, '-', span) AS act_span
        ${unapproved} ORDER BY time DESC LIMIT 100`,
    },
  ],
}
