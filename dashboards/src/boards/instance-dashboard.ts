import type { DashboardSpec } from '../make/make-dashboard.ts'
import { textVariable } from '../make/make-variables.ts'
import { nodesOf } from '../make/nodes-of.ts'
import { bucket, inRange, range, textOf } from '../make/in-range.ts'

const instance = textOf('instance')
const own = `${inRange} AND instance_id != '' AND instance_id = ${instance}`
const acts = `FROM whodid.v_acts WHERE ${own}`

/** The trace that was asked for, or the newest of the instance. Text that is no ID makes an ID that no trace has. */
const trace = `if('\${trace:percentencode}' = '',
    (SELECT argMax(trace_id, ts) FROM whodid.v_spans WHERE ${own}),
    toFixedString(substring(unhex(${textOf('trace')}), 1, 16), 16))`

const tag = (key: string, column: string): string => `('${key}', toString(${column}))`
const tagsOf = (pairs: readonly string[]): string =>
  `arrayMap(one -> map('key', one.1, 'value', one.2), arrayFilter(one -> one.2 != '', [${pairs.join(', ')}]))`

const edges = `SELECT concat('person:', delegator_id) AS source, concat('instance:', instance_id) AS target, records AS acts
    FROM whodid.v_delegations(${range}) WHERE instance_id = ${instance} AND delegator_id != '' LIMIT 20
  UNION ALL
  SELECT concat('instance:', parent_id) AS source, concat('instance:', instance_id) AS target, sum(records) AS acts
    FROM whodid.v_delegations(${range}) WHERE parent_id != '' AND (instance_id = ${instance} OR parent_id = ${instance}) GROUP BY source, target ORDER BY acts DESC LIMIT 100
  UNION ALL
  SELECT concat('instance:', instance_id) AS source, concat('resource:', resource_id) AS target, count() AS acts
    ${acts} AND resource_id != '' GROUP BY source, target ORDER BY acts DESC LIMIT 100`

/** One run of an agent: its trace, whom it acted for, what it touched. */
export const instanceDashboard: DashboardSpec = {
  uid: 'whodid-instance',
  title: 'Whodid: one instance',
  description:
    'One run of an agent: its trace, for whom it acted, what it read and what it touched.',
  variables: [textVariable('instance', 'Instance'), textVariable('trace', 'Trace')],
  panels: [
    {
      type: 'stat',
      title: 'Acts of this instance',
      question: 'How much did it do?',
      description: 'Each act once where its records carry one action ID.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [6, 4],
      sql: `SELECT uniq(act) AS acts ${acts} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Resources that it changed',
      question: 'How far did it reach?',
      description: 'Resources of acts other than reads that succeeded.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [6, 4],
      sql: `SELECT uniq(resource_id) AS resources ${acts} AND resource_id != '' AND verb NOT IN ('', 'read') AND outcome = 'success' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Untrusted inputs',
      question: 'Had it read what strangers wrote?',
      description: 'Records of this instance with untrusted input.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT count() AS records FROM whodid.v_inputs WHERE ${own} AND input_trust = 'untrusted' LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Destructive acts',
      question: 'Did it delete anything?',
      description: 'Acts that succeeded with a destructive verb.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT uniq(act) AS acts ${acts} AND destructive AND outcome = 'success' LIMIT 1`,
    },
    {
      type: 'table',
      title: 'For whom it acts',
      question: 'For whom does it act, and who started it?',
      description:
        'One row for each delegator that its records name. More than one row is a contradiction.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [24, 4],
      columns: ['template', 'person', 'kind', 'parent', 'records', 'acts', 'oldest', 'newest'],
      sql: `SELECT template, delegator_id AS person, kind_of_delegator AS kind, parent_id AS parent, records, acts, first_ts AS oldest, last_ts AS newest
        FROM whodid.v_delegations(${range}) WHERE instance_id = ${instance} ORDER BY records DESC LIMIT 20`,
    },
    {
      type: 'traces',
      title: 'Trace',
      question: 'What happened in which order, and under what?',
      description:
        'The trace that is typed above, or the newest of the instance, within the dashboard’s times. A colour for each actor. At most 5,000 records.',
      unit: 'ms',
      console: `/ask?of=trace:\${trace:percentencode}`,
      size: [24, 14],
      sql: `SELECT lower(hex(trace_id)) AS traceID, lower(hex(span_id)) AS spanID,
          if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))) AS parentSpanID,
          multiIf(instance_id != '', instance_id, user_id != '', user_id, service_name != '', service_name, 'nobody is named') AS serviceName,
          if(name != '', name, record_kind) AS operationName,
          toUnixTimestamp64Nano(ts) * 0.000001 AS startTime,
          greatest(toUnixTimestamp64Nano(end_ts) - toUnixTimestamp64Nano(ts), 0) * 0.000001 AS duration,
          ${tagsOf([
            tag('kind', 'record_kind'),
            tag('verb', 'verb'),
            tag('outcome', 'outcome'),
            tag('tool', 'tool_name'),
            tag('resource', 'resource_id'),
            tag('input', 'input_source'),
            tag('trust', 'input_trust'),
            tag('decision', 'approval_decision'),
            tag('credential', 'credential_id'),
          ])} AS tags,
          ${tagsOf([tag('template', 'template_id'), tag('delegator', 'delegator_id'), tag('sender', 'exporter')])} AS serviceTags,
          if(outcome IN ('failure', 'denied'), 2, toUInt8(status_code)) AS statusCode,
          if(input_trust = 'untrusted', ['untrusted content entered here'], CAST([], 'Array(String)')) AS warnings
        FROM whodid.v_spans WHERE ${inRange} AND trace_id = ${trace} ORDER BY startTime LIMIT 1 BY spanID LIMIT 5000`,
    },
    {
      type: 'nodeGraph',
      title: 'Delegation and reach',
      question: 'Who sent it, whom did it send, and what did it touch?',
      description:
        'Its delegators and parent, its children, and the 100 resources that it touched most.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [12, 12],
      nodes: nodesOf(edges),
      edges: `SELECT lower(hex(sipHash64(source, target))) AS id, source, target, acts AS mainstat FROM (${edges}) LIMIT 220`,
    },
    {
      type: 'table',
      title: 'Blast radius',
      question: 'What did it touch, how, and when?',
      description:
        'One row a resource and verb of its own acts; the console adds those of its sub-agents.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [12, 12],
      columns: ['resource', 'verb', 'outcome', 'acts', 'oldest', 'newest'],
      sql: `SELECT resource_id AS resource, verb, outcome, uniq(act) AS acts, min(ts) AS oldest, max(ts) AS newest ${acts} AND resource_id != '' GROUP BY resource, verb, outcome ORDER BY newest DESC LIMIT 500`,
    },
    {
      type: 'timeseries',
      title: 'Acts over time, by verb',
      question: 'When was it busy, and with what?',
      description: 'Acts of this instance.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [24, 7],
      stacked: true,
      sql: `SELECT ${bucket}, if(v.verb = '', 'not stated', v.verb) AS kind, uniq(act) AS acts FROM whodid.v_acts AS v WHERE ${own} GROUP BY time, kind ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Timeline',
      question: 'What did it do, step by step?',
      description: 'Its newest 500 records, newest first. Names are text of the agent.',
      unit: 'short',
      console: `/instance?id=\${instance:percentencode}`,
      size: [24, 12],
      columns: [
        'time',
        'kind',
        'step',
        'verb',
        'outcome',
        'resource',
        'source',
        'trust',
        'trace',
        'act_span',
      ],
      sql: `SELECT ts AS time, record_kind AS kind, left(if(tool_name = '', name, tool_name), 200) AS step, verb, outcome, resource_id AS resource, input_source AS source, input_trust AS trust,
          lower(hex(trace_id)) AS trace, concat(lower(hex(trace_id)), '-', lower(hex(span_id))) AS act_span
        FROM whodid.v_spans WHERE ${own} ORDER BY time DESC LIMIT 500`,
    },
  ],
}
