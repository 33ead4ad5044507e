import type { DashboardSpec } from '../make/make-dashboard.ts'
import { bucket, inRange } from '../make/in-range.ts'

const since = 'since_ms = toUnixTimestamp64Milli($__fromTime_ms)'
const records = `FROM whodid.v_spans WHERE ${inRange} AND tenant != 'whodid.system'`
const events = `FROM whodid.v_ledger_events WHERE ${inRange}`
const lag = `greatest(dateDiff('millisecond', end_ts, received_at), 0) / 1000`

/** The record itself: whether it is whole, sealed and on time. */
export const healthDashboard: DashboardSpec = {
  uid: 'whodid-health',
  title: 'Whodid: ledger health and integrity',
  description:
    'Whether the record is whole, sealed and on time, as far as SQL can tell. Only whodid verify, on another machine, proves it.',
  from: 'now-6h',
  variables: [],
  panels: [
    {
      type: 'stat',
      title: 'Places without a record',
      question: 'Was a record taken away?',
      description:
        'Places of the logs that have no row in ClickHouse, from the first heartbeat of the chosen times on. Counted over all tenants. Months that were pruned on purpose are missing too.',
      unit: 'short',
      console: '/',
      size: [5, 4],
      badFrom: 1,
      sql: `SELECT sum(missing) AS places FROM whodid.v_log_gaps(${since}) LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Places with two records',
      question: 'Was a record put in?',
      description: 'Places of the logs that more than one row claims. Counted over all tenants.',
      unit: 'short',
      console: '/',
      size: [5, 4],
      badFrom: 1,
      sql: `SELECT sum(repeated_places) AS places FROM whodid.v_log_gaps(${since}) LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Damage',
      question: 'Does the ledger itself report damage?',
      description:
        'Events of the ledger: a place that damage has emptied, records that damage took.',
      unit: 'short',
      console: '/',
      size: [4, 4],
      badFrom: 1,
      sql: `SELECT count() AS events ${events} AND event IN ('hole', 'damage') LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Since sealing last advanced',
      question: 'Are new records being sealed?',
      description:
        'Seconds since a heartbeat first reported the size that is sealed, of the log that is worst. A log beats every 45 seconds.',
      unit: 's',
      console: '/',
      size: [5, 4],
      badFrom: 300,
      sql: `SELECT max(age) AS seconds FROM (
          SELECT log_id, dateDiff('second', min(first_ts), $__toTime_ms) AS age FROM (
            SELECT log_id, sealed_size, min(ts) AS first_ts ${events} AND event = 'heartbeat' GROUP BY log_id, sealed_size ORDER BY sealed_size DESC LIMIT 1 BY log_id)
          GROUP BY log_id) LIMIT 1`,
    },
    {
      type: 'stat',
      title: 'Delay of records, 95 %',
      question: 'How late do records come in?',
      description:
        'Seconds from the end of what a record tells, by its emitter’s clock, to its receipt. A clock that runs ahead counts as no delay.',
      unit: 's',
      console: '/',
      size: [5, 4],
      badFrom: 60,
      sql: `SELECT quantile(0.95)(${lag}) AS seconds ${records} LIMIT 1`,
    },
    {
      type: 'timeseries',
      title: 'Records by sender',
      question: 'Does every sender send?',
      description: 'Records by ingest client, at the time that they tell of.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      stacked: true,
      sql: `SELECT ${bucket}, exporter AS sender, count() AS records ${records} GROUP BY time, sender ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Delay of records',
      question: 'Is the way into the ledger slow?',
      description: 'Seconds from the end of what a record tells to its receipt.',
      unit: 's',
      console: '/',
      size: [12, 8],
      sql: `SELECT ${bucket}, quantile(0.5)(${lag}) AS median, quantile(0.95)(${lag}) AS p95, max(${lag}) AS longest ${records} GROUP BY time ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Sealed size of each log',
      question: 'Does sealing go on?',
      description:
        'Records that a checkpoint covered at each heartbeat. A flat line is a log that seals nothing.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      sql: `SELECT ${bucket}, log_id AS log, max(sealed_size) AS sealed ${events} AND event = 'heartbeat' GROUP BY time, log ORDER BY time LIMIT 10000`,
    },
    {
      type: 'timeseries',
      title: 'Records not sealed yet',
      question: 'How many records does no checkpoint cover?',
      description: 'At each heartbeat: its own place in the log less the size that was sealed.',
      unit: 'short',
      console: '/',
      size: [12, 8],
      sql: `SELECT ${bucket}, log_id AS log, max(toInt64(log_index) - toInt64(sealed_size)) AS unsealed ${events} AND event = 'heartbeat' GROUP BY time, log ORDER BY time LIMIT 10000`,
    },
    {
      type: 'table',
      title: 'Senders',
      question: 'Which sender has gone silent, and which names actors without the right to?',
      description:
        'One row an ingest client. Silent: seconds since the newest record that it sent.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: ['sender', 'records', 'unentitled', 'lag_s', 'newest', 'silent_s'],
      sql: `SELECT exporter AS sender, count() AS records, countIf(channel = 'unentitled') AS unentitled, quantile(0.95)(${lag}) AS lag_s, max(received_at) AS newest, dateDiff('second', max(received_at), $__toTime_ms) AS silent_s
        ${records} GROUP BY sender ORDER BY newest LIMIT 200`,
    },
    {
      type: 'table',
      title: 'Logs',
      question: 'Is each log whole?',
      description: 'One row a log: places without a record, places with two, its newest place.',
      unit: 'short',
      console: '/',
      size: [12, 9],
      columns: ['log', 'without', 'twice', 'newest_place'],
      sql: `SELECT log_id AS log, missing AS without, repeated_places AS twice, newest_index AS newest_place FROM whodid.v_log_gaps(${since}) ORDER BY log LIMIT 100`,
    },
    {
      type: 'table',
      title: 'Events of the ledger',
      question: 'What does the ledger say of itself?',
      description: 'Changes of key and damage, newest first.',
      unit: 'short',
      console: '/',
      size: [24, 7],
      columns: ['time', 'event', 'log', 'place', 'details'],
      sql: `SELECT ts AS time, event, log_id AS log, log_index AS place, left(v.details, 500) AS details FROM whodid.v_ledger_events AS v WHERE ${inRange} AND event != 'heartbeat' ORDER BY time DESC LIMIT 100`,
    },
  ],
}
