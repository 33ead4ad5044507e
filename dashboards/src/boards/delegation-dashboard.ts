import type { DashboardSpec } from '../make/make-dashboard.ts'
import { nodesOf } from '../make/nodes-of.ts'
import { listVariable, textVariable } from '../make/make-variables.ts'
import {
  bucket,
  choicesOf,
  equalsOrEmpty,
  inChosen,
  inRange,
  range,
  textOf,
} from '../make/in-range.ts'

const filter = `${inChosen('template', 'template')} AND ${equalsOrEmpty('delegator_id', 'person')}`
const delegations = `FROM whodid.v_delegations(${range}) WHERE ${filter}`
const acts = `FROM whodid.v_acts WHERE ${inRange} AND ${inChosen('template_id', 'template')} AND ${equalsOrEmpty('delegator_id', 'person')}`

const edges = `SELECT concat('person:', delegator_id) AS source, concat('template:', template) AS target, sum(acts) AS acts
    ${delegations} AND delegator_id != '' AND template != '' AND parent_id = '' GROUP BY source, target ORDER BY acts DESC LIMIT 200
  UNION ALL
  SELECT concat('template:', parents.parent_template) AS source, concat('template:', children.template) AS target, sum(children.acts) AS acts
    FROM (SELECT template, parent_id, acts ${delegations} AND parent_id != '' AND template != '') AS children
    INNER JOIN (SELECT instance_id, any(template) AS parent_template FROM whodid.v_delegations(${range}) GROUP BY instance_id) AS parents
    ON children.parent_id = parents.instance_id
    GROUP BY source, target ORDER BY acts DESC LIMIT 200`

/** People, the agents that act for them, and the agents that those start. */
export const delegationDashboard: DashboardSpec = {
  uid: 'whodid-delegation',
  title: 'Whodid: who acts for whom',
  description: 'People, the agents that act for them, and the agents that those start.',
  variables: [
    listVariable('template', 'Template', choicesOf('template_id', 'whodid.v_acts')),
    textVariable('person', 'Person'),
    textVariable('of', 'Who did this to'),
  ],
  panels: [
    {
      type: 'table',
      title: 'Who did this?',
      question: 'Who did the newest change to what is typed above?',
      description:
        'A handle such as github:pull:acme/app/812. The view decides by fewer rules than the console and says undetermined where it cannot tell.',
      unit: 'short',
      console: `/ask?of=\${of:percentencode}`,
      size: [24, 4],
      columns: ['verdict', 'grade', 'instance', 'template', 'person', 'contradiction'],
      sql: `SELECT verdict, grade, instance, template, delegator AS person, contradiction
        FROM whodid.who_did(of = ${textOf('of')}) LIMIT 1`,
    },
    {
      type: 'nodeGraph',
      title: 'People and the templates that act for them',
      question: 'Through which agents does a person act?',
      description:
        'An edge leads from a person to a template, or from a template to one that it started; the number is acts. At most 400 edges.',
      unit: 'short',
      console: '/',
      size: [16, 14],
      nodes: nodesOf(edges),
      edges: `SELECT lower(hex(sipHash64(source, target))) AS id, source, target, acts AS mainstat FROM (${edges}) LIMIT 400`,
    },
    {
      type: 'table',
      title: 'People',
      question: 'Who has how many agents at work?',
      description: 'One row a delegator. Borrowed: records under the person’s own credential.',
      unit: 'short',
      console: '/',
      size: [8, 14],
      columns: ['person', 'kind', 'acts', 'instances', 'destructive', 'borrowed'],
      sql: `SELECT delegator_id AS person, any(kind_of_delegator) AS kind, sum(v.acts) AS acts, uniq(instance_id) AS instances, sum(destructive_acts) AS destructive, sum(borrowed_acts) AS borrowed
        FROM whodid.v_delegations(${range}) AS v WHERE ${filter} AND delegator_id != '' GROUP BY person ORDER BY acts DESC LIMIT 200`,
    },
    {
      type: 'timeseries',
      title: 'Acts of agents by person',
      question: 'When do agents act for whom?',
      description: 'The ten people with the most acts of agents.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      sql: `SELECT ${bucket}, delegator_id AS person, uniq(act) AS acts ${acts} AND actor_type = 'agent' AND delegator_id IN (
          SELECT delegator_id ${acts} AND actor_type = 'agent' AND delegator_id != '' GROUP BY delegator_id ORDER BY count() DESC LIMIT 10)
        GROUP BY time, person ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Instances',
      question: 'Which runs acted, for whom, and who started them?',
      description: 'One row an instance and delegator, newest first.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      columns: [
        'newest',
        'instance',
        'template',
        'person',
        'parent',
        'records',
        'acts',
        'destructive',
      ],
      sql: `SELECT last_ts AS newest, instance_id AS instance, template, delegator_id AS person, parent_id AS parent, records, acts, destructive_acts AS destructive
        ${delegations} ORDER BY newest DESC LIMIT 200`,
    },
  ],
}
