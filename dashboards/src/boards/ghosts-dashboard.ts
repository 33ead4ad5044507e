import type { DashboardSpec } from '../make/make-dashboard.ts'
import { listVariable } from '../make/make-variables.ts'
import { bucket, choicesOf, inChosen, inRange, range } from '../make/in-range.ts'

const acts = `FROM whodid.v_acts WHERE ${inRange} AND ${inChosen('template_id', 'template')}`
const borrowed = `${acts} AND credential_borrowed AND actor_type != 'human'`
const alone = `${acts} AND actor_type = 'agent' AND delegator_id = ''`
const unattributed = `FROM whodid.v_unattributed(${range})`

const imported = `FROM whodid.v_imported_events WHERE ${inRange} AND person != '' AND notEmpty(marks)`

/** Acts that look like a person's and are not, and acts that nobody is named for. */
export const ghostsDashboard: DashboardSpec = {
  uid: 'whodid-ghosts',
  title: 'Whodid: ghost employees',
  description:
    'Acts of agents under a person’s credential, acts for nobody, and acts that name nobody.',
  variables: [listVariable('template', 'Template', choicesOf('template_id', 'whodid.v_acts'))],
  panels: [
    {
      type: 'stat',
      title: 'Acts under a person’s credential',
      question: 'How often did an agent look like a person?',
      description:
        'Acts of agents and services whose credential’s subject is the person and which names no actor.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${borrowed} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Acts that name nobody',
      question: 'Of how many acts does the record not say who did them?',
      description: 'Neither the act nor another record of its trace names anybody.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${unattributed} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Agents that act for nobody',
      question: 'How many instances name no delegator?',
      description:
        'Instances with an act whose record names no person, service or schedule behind it.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT uniq(instance_id) AS instances ${alone} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Claims without the right to them',
      question: 'How often did a sender name an actor that it may not speak for?',
      description:
        'Acts from an ingest client that is not entitled to the actor. They decide nothing.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${acts} AND channel = 'unentitled' LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Acts under a person’s credential, by person',
      question: 'Whose credential do agents use, and when?',
      description: 'By the credential’s subject.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, credential_subject AS person, uniq(act) AS acts ${borrowed} GROUP BY time, person ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Acts that name nobody, by tool',
      question: 'Through which tools does nobody act?',
      description: 'Acts that neither their record nor their trace names anybody for.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, if(tool_name = '', service_name, tool_name) AS tool, uniq(act) AS acts ${unattributed} GROUP BY time, tool ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Borrowed credentials',
      question: 'Which agents use whose credential?',
      description: 'One row a person, credential and template.',
      unit: 'short',
      console: '/',
      size: [12, 10],
      columns: ['person', 'credential', 'kind', 'template', 'acts', 'instances', 'newest'],
      sql: `SELECT credential_subject AS person, credential_id AS credential, any(credential_type) AS kind, template_id AS template, uniq(act) AS acts, uniq(instance_id) AS instances, max(ts) AS newest
        ${borrowed} GROUP BY person, credential, template ORDER BY acts DESC LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Newest acts that name nobody',
      question: 'What was done of which nobody is known?',
      description:
        'Newest first. The console looks further: along correlations, delegations and links.',
      unit: 'short',
      console: '/',
      size: [12, 10],
      columns: ['time', 'verb', 'resource', 'tool', 'service', 'credential', 'trace', 'act_span'],
      sql: `SELECT ts AS time, verb, resource_id AS resource, tool_name AS tool, service_name AS service, credential_id AS credential, trace, concat(trace, '-', span) AS act_span
        ${unattributed} ORDER BY time DESC LIMIT 100`,
    },
    {
      type: 'table',
      title: 'Runs that act for nobody',
      question: 'Which runs have no person behind them?',
      description: 'Instances whose acts name no delegator.',
      unit: 'short',
      console: '/',
      size: [24, 8],
      columns: ['newest', 'instance', 'template', 'acts'],
      sql: `SELECT max(ts) AS newest, instance_id AS instance, any(template_id) AS template, uniq(act) AS acts ${alone} AND instance_id != '' GROUP BY instance ORDER BY newest DESC LIMIT 100`,
    },
    {
      type: 'timeseries',
      title: 'Agents under a person’s name, by other systems’ logs',
      question: 'Where does a log name a person, and the event carry an agent’s mark?',
      description:
        'Imported events, by system. A client’s mark could be written by anybody. The console’s page of ghosts holds them against the records.',
      unit: 'short',
      console: '/ghosts',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, system, uniq(trace, span) AS events ${imported} GROUP BY time, system ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Newest of these events',
      question: 'What was done so, and under whose name?',
      description:
        'Newest first, with the first mark of each. `system`: the system itself says it.',
      unit: 'short',
      console: '/ghosts',
      size: [12, 8],
      columns: [
        'time',
        'system',
        'operation',
        'resource',
        'person',
        'by',
        'mark',
        'credential',
        'trace',
      ],
      sql: `SELECT ts AS time, system, operation, resource_id AS resource, person, if(marked_by_system, 'system', 'client') AS by,
          marks[1][3] AS mark, credential_id AS credential, trace
        ${imported} ORDER BY time DESC LIMIT 1 BY trace, span LIMIT 100`,
    },
  ],
}
