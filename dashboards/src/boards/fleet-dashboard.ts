import type { DashboardSpec } from '../make/make-dashboard.ts'
import { listVariable } from '../make/make-variables.ts'
import { bucket, choicesOf, inChosen, inRange, range } from '../make/in-range.ts'

const chosen = inChosen('template_id', 'template')
const acts = `FROM whodid.v_acts WHERE ${inRange} AND ${chosen}`

/** All agents at once: how many act, for whom, and what they destroy. */
export const fleetDashboard: DashboardSpec = {
  uid: 'whodid-fleet',
  title: 'Whodid: fleet overview',
  description:
    'All agents at once: how many act, for whom, what they destroy, and what nobody is named for.',
  variables: [listVariable('template', 'Template', choicesOf('template_id', 'whodid.v_acts'))],
  panels: [
    {
      type: 'stat',
      title: 'Acts',
      question: 'How much is done here?',
      description:
        'Tool calls and actions, each once where its records carry one action ID. Large counts are estimates.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      sql: `SELECT uniq(act) AS acts ${acts} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Agents at work',
      question: 'How many instances acted?',
      description:
        'Running agents that are named by an act. An instance is one run, never used again.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      sql: `SELECT uniq(instance_id) AS instances ${acts} AND instance_id != '' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'People behind them',
      question: 'For how many people did agents act?',
      description: 'Delegators that acts of agents name: people, services and schedules.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      sql: `SELECT uniq(delegator_id) AS people ${acts} AND actor_type = 'agent' AND delegator_id != '' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Destructive acts',
      question: 'How much was deleted?',
      description: 'Acts that succeeded with a verb such as delete, drop, truncate or purge.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      badFrom: 1_000_000,
      sql: `SELECT uniq(act) AS deletions ${acts} AND destructive AND outcome = 'success' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Acts that name nobody',
      question: 'Of how many acts does the record not say who did them?',
      description:
        'Neither the act nor another record of its trace names anybody. The choice of templates does not apply: such an act has none.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts FROM whodid.v_unattributed(${range}) LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Failed or denied',
      question: 'What share of acts came to nothing?',
      description: 'Acts with the outcome failure or denied, of all acts with an outcome.',
      unit: 'percentunit',
      console: '/',
      size: [4, 4],
      sql: `SELECT countIf(outcome IN ('failure', 'denied')) / greatest(countIf(outcome IN ('success', 'failure', 'denied')), 1) AS share ${acts} LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Acts by kind of actor',
      question: 'Do agents, people or services act?',
      description:
        'By the claims of each act’s own record; the API also follows the records before it.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, verdict AS kind, uniq(act) AS acts ${acts} GROUP BY time, kind ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Acts by template',
      question: 'Which agents act, and when?',
      description: 'The ten templates with the most acts.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      sql: `SELECT ${bucket}, template_id AS template, uniq(act) AS acts ${acts} AND template_id IN (
          SELECT template_id ${acts} AND template_id != '' GROUP BY template_id ORDER BY count() DESC LIMIT 10)
        GROUP BY time, template ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Templates',
      question: 'Which agents are deployed here, and how busy is each?',
      description: 'One row a template: its acts, its instances, the people they acted for.',
      unit: 'short',
      console: '/',
      size: [12, 10],
      columns: ['template', 'acts', 'instances', 'people', 'destructive', 'newest'],
      sql: `SELECT template_id AS template, uniq(act) AS acts, uniq(instance_id) AS instances, uniqIf(delegator_id, delegator_id != '') AS people,
          uniqIf(act, v.destructive AND outcome = 'success') AS destructive, max(ts) AS newest
        FROM whodid.v_acts AS v WHERE ${inRange} AND ${chosen} AND template_id != '' GROUP BY template ORDER BY acts DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Newest destructive acts',
      question: 'What was deleted last, and by whom?',
      description: 'Acts that succeeded with a destructive verb, newest first.',
      unit: 'short',
      console: '/',
      size: [12, 10],
      columns: ['time', 'verb', 'resource', 'template', 'instance', 'person', 'act_span'],
      sql: `SELECT ts AS time, verb, resource_id AS resource, template_id AS template, instance_id AS instance, delegator_id AS person, concat(trace, '-', span) AS act_span
        ${acts} AND destructive AND outcome = 'success' ORDER BY ts DESC LIMIT 100`,
    },
  ],
}
