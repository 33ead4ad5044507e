import type { DashboardSpec } from '../make/make-dashboard.ts'
import { bucket, inRange } from '../make/in-range.ts'

const named = `FROM whodid.v_spans WHERE ${inRange} AND instance_id != '' AND channel != 'unentitled'`
const lost = `toInt64(ifNull(JSONExtract(attributes, 'whodid.run.lost_batches', 'Nullable(Int64)'), 0))`

/** One row an instance. A hole is counted between the least and the largest number of the chosen times. */
const instances = `FROM (
          SELECT instance_id, any(exporter) AS sender, any(template_id) AS template, count() AS records, countIf(seq >= 1) AS numbered,
            if(numbered = 0, 0, toInt64(maxIf(seq, seq >= 1)) - toInt64(minIf(seq, seq >= 1)) + 1 - toInt64(uniqExactIf(seq, seq >= 1))) AS missing,
            sum(if(record_kind = 'session', ${lost}, 0)) AS lost_batches, sum(greatest(dropped_count, 0)) AS dropped, max(ts) AS newest
          ${named} GROUP BY instance_id)`

/** Whether the record of what agents did is whole, as far as their own numbers tell. */
export const completenessDashboard: DashboardSpec = {
  uid: 'whodid-completeness',
  title: 'Whodid: completeness',
  description:
    'Whether the record of each run is whole: numbers that have no record, batches that launchers lost, senders that number nothing. The console judges one instance by all rules.',
  from: 'now-24h',
  variables: [],
  panels: [
    {
      type: 'stat',
      title: 'Numbers without a record',
      question: 'Did records get lost on their way?',
      description:
        'Records of instances are numbered from 1. Counted are the numbers between the least and the largest of the chosen times that no record has; records under way count as missing for seconds.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT sum(missing) AS numbers ${instances} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Instances with a hole',
      question: 'Of how many runs is the record not whole?',
      description: 'Instances with at least one number that no record has.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT countIf(missing > 0) AS instances ${instances} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Batches that launchers lost',
      question: 'What could not be delivered at all?',
      description: 'As the launchers say at the end of a run.',
      unit: 'short',
      console: '/',
      size: [6, 4],
      badFrom: 1,
      sql: `SELECT sum(lost_batches) AS batches ${instances} LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Instances that number their records',
      question: 'For what share of runs could a loss be seen?',
      description:
        'Instances with a numbered record, of all. Most emitters of OpenTelemetry number nothing: of theirs a missing record cannot be told.',
      unit: 'percentunit',
      console: '/',
      size: [6, 4],
      sql: `SELECT countIf(numbered > 0) / greatest(count(), 1) AS share ${instances} LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Records without a number, by sender',
      question: 'Which senders are blind to their own losses?',
      description: 'Records that name an instance and have no number.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, exporter AS sender, count() AS records ${named} AND seq < 1 GROUP BY time, sender ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Parts that senders dropped',
      question: 'When do senders cut their records?',
      description: 'Attributes, events and links that SDKs say they dropped, by sender.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, exporter AS sender, sum(greatest(dropped_count, 0)) AS parts FROM whodid.v_spans WHERE ${inRange} AND tenant != 'whodid.system' GROUP BY time, sender ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Coverage by sender',
      question: 'Whose record is whole, and of whose is that not known?',
      description: 'One row an ingest client, of the instances that it sends for.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: [
        'sender',
        'instances',
        'numbering',
        'records',
        'missing',
        'lost',
        'parts',
        'newest_at',
      ],
      sql: `SELECT sender, count() AS instances, countIf(numbered > 0) AS numbering, sum(i.records) AS records, sum(i.missing) AS missing, sum(lost_batches) AS lost, sum(dropped) AS parts, max(newest) AS newest_at
        ${instances} AS i GROUP BY sender ORDER BY missing DESC, sender LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Instances whose record has a hole',
      question: 'Of which runs is something missing?',
      description:
        'The most missing first. The page of the instance in the console says which numbers, and between which records.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: ['instance', 'template', 'sender', 'records', 'without', 'lost', 'newest'],
      sql: `SELECT instance_id AS instance, template, sender, records, missing AS without, lost_batches AS lost, newest
        ${instances} WHERE missing > 0 OR lost_batches > 0 ORDER BY without DESC, instance LIMIT 200`,
    },
  ],
}
