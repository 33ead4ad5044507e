import { coverageTracePrefix, importTracePrefix } from '@whodid/reconcile'

/** Events of one question at most, and acts that they are held against. More: `query_too_expensive`. */
export const eventsMax = 20_000
export const actsMax = 100_000
/** Declared coverages that are read, those declared last first. */
export const coveragesMax = 1_000

const unixNs = (column: string): string => `toString(toUnixTimestamp64Nano(${column}))`
const inTime =
  "row.ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')} AND row.received_at <= {recorded:DateTime64(9, 'UTC')}"

/** Imported records lie together in each hour of the ledger's sort key. The channel decides: any sender may write such a trace. */
const ofImport = (prefix: string): string =>
  `row.trace_id BETWEEN unhex('${prefix.padEnd(32, '0')}') AND unhex('${prefix.padEnd(32, 'f')}') AND row.channel = 'imported'`

const columns = `concat(lower(hex(row.trace_id)), '-', lower(hex(row.span_id))) AS ref, ${unixNs('row.ts')} AS at, ${unixNs('row.received_at')} AS received, row.attributes AS attributes`

/** The imported events of a time, oldest first; of one that was imported twice, the first. Parameters: the time bounds, `rows`. */
export const eventsSql: string = `
SELECT ${columns}
FROM whodid.spans AS row
WHERE ${inTime} AND ${ofImport(importTracePrefix)}
ORDER BY row.ts, row.trace_id, row.span_id, row.received_at
LIMIT 1 BY row.trace_id, row.span_id
LIMIT {rows:UInt32}`

/** The imported events that name a resource, newest first. Parameters: the time bounds, `name`, `rows`. */
export const eventsOnSql: string = `
SELECT ${columns}
FROM whodid.spans AS row
WHERE ${inTime} AND ${ofImport(importTracePrefix)}
  AND JSONExtractString(row.attributes, 'whodid.import.resource') = {name:String}
ORDER BY row.ts DESC, row.trace_id, row.span_id, row.received_at
LIMIT 1 BY row.trace_id, row.span_id
LIMIT {rows:UInt32}`

/** The declared coverages, whatever their period. Parameters: `recorded`, `rows`. */
export const coveragesSql: string = `
SELECT ${columns}
FROM whodid.spans AS row
WHERE row.received_at <= {recorded:DateTime64(9, 'UTC')} AND ${ofImport(coverageTracePrefix)}
ORDER BY row.received_at DESC, row.trace_id, row.span_id
LIMIT 1 BY row.trace_id, row.span_id
LIMIT {rows:UInt32}`

/** The records of the acts of a time. Parameters: the time bounds, `rows`. */
export const actsSql: string = `
SELECT
  row.act AS act, concat(row.trace, '-', row.span) AS ref,
  ${unixNs('row.ts')} AS started, ${unixNs('row.end_ts')} AS ended, ${unixNs('row.received_at')} AS received,
  row.verdict AS verdict, row.verb AS verb, row.outcome AS outcome, row.resource_id AS resource,
  row.template_id AS template, row.instance_id AS instance, row.user_id AS user, row.delegator_id AS delegator,
  row.credential_id AS credential, row.tool_call_id AS tool_call
FROM whodid.v_acts AS row
WHERE ${inTime}
ORDER BY row.ts, row.trace, row.span, row.received_at
LIMIT {rows:UInt32}`
