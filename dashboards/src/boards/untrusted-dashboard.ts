import type { DashboardSpec } from '../make/make-dashboard.ts'
import { listVariable } from '../make/make-variables.ts'
import { bucket, choicesOf, inChosen, inRange, range } from '../make/in-range.ts'

const chosen = inChosen('template_id', 'template')
const inputs = `FROM whodid.v_inputs WHERE ${inRange} AND ${chosen}`
const after = `FROM whodid.v_after_untrusted(${range}) WHERE ${chosen}`

/** Content that strangers wrote, and what agents did after they had read it. */
export const untrustedDashboard: DashboardSpec = {
  uid: 'whodid-untrusted',
  title: 'Whodid: untrusted input to act',
  description: 'Content that strangers wrote, and what agents did after they had read it.',
  variables: [listVariable('template', 'Template', choicesOf('template_id', 'whodid.v_acts'))],
  panels: [
    {
      type: 'stat',
      title: 'Untrusted inputs',
      question: 'How often did agents read what strangers wrote?',
      description: 'Records that say that untrusted content entered the model’s context.',
      unit: 'short',
      console: '/',
      size: [8, 4],
      sql: `SELECT count() AS records ${inputs} AND input_trust = 'untrusted' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Changes after untrusted input',
      question: 'How many acts may strangers have steered?',
      description:
        'Acts other than reads that succeeded, of an instance that had read untrusted content in the day before. That the content caused the act is not said.',
      unit: 'short',
      console: '/',
      size: [8, 4],
      sql: `SELECT uniq(act) AS acts ${after} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Privileged acts after untrusted input',
      question: 'How many of them delete, send, execute, approve, or use a person’s credential?',
      description:
        'The same acts, only with a destructive or privileged verb or a borrowed credential.',
      unit: 'short',
      console: '/',
      size: [8, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${after} AND privileged LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Inputs by trust',
      question: 'When does untrusted content come in?',
      description: 'Records with an input, by the trust that their emitter states.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, if(input_trust = '', 'not stated', input_trust) AS trust, count() AS records ${inputs} GROUP BY time, trust ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Changes after untrusted input, by verb',
      question: 'What do agents do after they read untrusted content?',
      description: 'Acts other than reads that succeeded after untrusted content.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, verb, uniq(act) AS acts ${after} GROUP BY time, verb ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'From input to act',
      question: 'Which act followed which input?',
      description:
        'Privileged acts first, then newest first. The input is the newest one before the act.',
      unit: 'short',
      console: '/',
      size: [24, 10],
      columns: [
        'time',
        'privileged',
        'verb',
        'resource',
        'source',
        'after_s',
        'template',
        'instance',
        'person',
        'act_span',
      ],
      sql: `SELECT ts AS time, privileged, verb, resource_id AS resource, input_source AS source, dateDiff('millisecond', input_ts, ts) / 1000 AS after_s,
          template_id AS template, instance_id AS instance, delegator_id AS person, concat(trace, '-', span) AS act_span
        ${after} ORDER BY privileged DESC, time DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Sources of untrusted content',
      question: 'Which sources reach how many agents?',
      description: 'One row a source.',
      unit: 'short',
      console: '/',
      size: [24, 8],
      columns: ['source', 'records', 'instances', 'newest'],
      sql: `SELECT input_source AS source, count() AS records, uniq(instance_id) AS instances, max(ts) AS newest ${inputs} AND input_trust = 'untrusted' GROUP BY source ORDER BY records DESC LIMIT 200`,
    },
  ],
}
