import type { Statement } from '@whodid/store'
import { foundColumns } from './found.ts'
import type { SoughtTime } from './names-sql.ts'

/** Records whose names are looked at, the newest of the time asked about. */
export const recentNamesMax = 131_072

/** Records whose attributes are looked at: these are long. */
export const recentAttributesMax = 32_768

/** Names and records that one statement returns. */
const recentFoundMax = 200

/** Names that a mistyped one is compared with, those with the most records. */
const comparedNamesMax = 4_000

/** Parts of names in one statement. */
export const fragmentsMax = 6

const isAct = `(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')`

/** On one core, a few blocks at a time: more threads read more records than are needed, each from its own parts. */
export const recentSettings = 'SETTINGS max_threads = 1, max_block_size = 8192'

/** The newest records of a time, read from the end of the ledger's order until there are enough. */
export function recentRecords(columns: string, rows: number): string {
  return `SELECT ${columns}
  FROM whodid.spans
  WHERE tenant = {tenant:String} AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  ORDER BY tenant DESC, toStartOfHour(ts) DESC LIMIT ${rows}`
}

/** A row that says how many records were looked at, and how old the oldest is. */
function reachPart(rows: number): string {
  return `SELECT 'reach' AS kind, '' AS name, count() AS records, 0 AS acts, min(ts) AS first, max(ts) AS last, '' AS newest
FROM (${recentRecords('ts', rows)})`
}

const nameColumns =
  'template_id, instance_id, delegator_id, user_id, correlation_id, credential_id, action_id, resource_id, tool_name'

/** The names of a record, each with its kind. */
const namesOfRecord = `[
    ('template', template_id), ('instance', instance_id), ('delegator', delegator_id),
    ('delegator', if(user_id = delegator_id, '', user_id)), ('correlation', correlation_id), ('credential', credential_id),
    ('action', action_id), ('resource', resource_id), ('tool', tool_name)]`

const ids = `[('trace', lower(hex(trace_id))), ('span', lower(concat(hex(trace_id), '-', hex(span_id))))]`

/**
 * The statement that finds, among the names of recent records, those that contain one of some fragments, whatever their case.
 * A trace is found by its beginning, and a span by the beginning of its own ID.
 */
export function planRecentNames(
  fragments: readonly string[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const given = fragments.slice(0, fragmentsMax)
  const isHex = given.some((text) => /^[0-9a-f]{4,32}$/u.test(text))
  const contains = given
    .map((_, place) => `positionCaseInsensitiveUTF8(named.2, {fragment${place}:String}) > 0`)
    .join(' OR ')
  const begins = given
    .map(
      (_, place) =>
        `startsWith(if(named.1 = 'span', substring(named.2, 34), named.2), {fragment${place}:String})`,
    )
    .join(' OR ')
  const names = `arrayFilter(named -> named.2 != '' AND (${contains}), ${namesOfRecord})`
  const found = isHex ? `arrayConcat(${names}, arrayFilter(named -> ${begins}, ${ids}))` : names
  return {
    sql: `SELECT kind, name, ${foundColumns}
FROM (
  SELECT ts, trace_id, span_id, ${isAct} AS is_act, arrayJoin(${found}) AS found, found.1 AS kind, found.2 AS name
  FROM (${recentRecords(`ts, trace_id, span_id, record_kind, ${nameColumns}`, recentNamesMax)})
)
GROUP BY kind, name
ORDER BY last DESC, kind, name
LIMIT ${recentFoundMax}
UNION ALL
${reachPart(recentNamesMax)}
${recentSettings}`,
    parameters: { ...fragmentParameters(given), ...time, tenant },
    tenant,
  }
}

/** The statement that finds the recent records whose attributes contain one of some fragments. */
export function planRecentAttributes(
  fragments: readonly string[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const given = fragments.slice(0, fragmentsMax)
  const holds = given
    .map(
      (_, place) =>
        `positionCaseInsensitive(attributes, {fragment${place}:String}) > 0 OR positionCaseInsensitive(rest, {fragment${place}:String}) > 0`,
    )
    .join(' OR ')
  const columns = `ts, trace_id, span_id, record_kind, ${nameColumns}, verb, attributes, rest`
  return {
    sql: `SELECT if(resource_id = '', 'span', 'resource') AS kind,
  if(resource_id = '', lower(concat(hex(trace_id), '-', hex(span_id))), resource_id) AS name, ${foundColumns}
FROM (
  SELECT ts, trace_id, span_id, ${isAct} AS is_act, resource_id
  FROM (${recentRecords(columns, recentAttributesMax)})
  WHERE ${holds}
)
GROUP BY kind, name
ORDER BY last DESC, name
LIMIT ${recentFoundMax}
UNION ALL
${reachPart(recentAttributesMax)}
${recentSettings}`,
    parameters: { ...fragmentParameters(given), ...time, tenant },
    tenant,
  }
}

/** The statement that finds the credentials which recent records used, of one of some subjects in lower case. */
export function planRecentSubjects(
  subjects: readonly string[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const given = subjects.slice(0, fragmentsMax)
  const list = given.map((_, place) => `{fragment${place}:String}`).join(', ')
  const columns = `ts, trace_id, span_id, record_kind, resource_id, action_id, credential_id, rest`
  return {
    sql: `SELECT if(credential_id = '', 'span', 'credential') AS kind,
  if(credential_id = '', lower(concat(hex(trace_id), '-', hex(span_id))), credential_id) AS name, ${foundColumns}
FROM (
  SELECT ts, trace_id, span_id, ${isAct} AS is_act, credential_id
  FROM (${recentRecords(columns, recentAttributesMax)})
  WHERE lowerUTF8(JSONExtractString(rest, 'cs')) IN (${list})
)
GROUP BY kind, name
ORDER BY last DESC, name
LIMIT ${recentFoundMax}
UNION ALL
${reachPart(recentAttributesMax)}
${recentSettings}`,
    parameters: { ...fragmentParameters(given), ...time, tenant },
    tenant,
  }
}

/** The statement that lists the names of recent records which a person types, those with the most records. */
export function planComparedNames(time: SoughtTime, tenant: string): Statement {
  return {
    sql: `SELECT kind, name, ${foundColumns}
FROM (
  SELECT ts, trace_id, span_id, ${isAct} AS is_act, arrayJoin(arrayFilter(named -> named.2 != '' AND length(named.2) <= 120, ${namesOfRecord})) AS found, found.1 AS kind, found.2 AS name
  FROM (${recentRecords(`ts, trace_id, span_id, record_kind, ${nameColumns}`, recentNamesMax)})
)
GROUP BY kind, name
ORDER BY records DESC, kind, name
LIMIT ${comparedNamesMax}
${recentSettings}`,
    parameters: { ...time, tenant },
    tenant,
  }
}

/** The statement that sums up what was done in a time: acts of some verbs, by verb and resource. */
export function planActsOfTime(
  verbs: readonly string[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const isVerb =
    verbs.length === 0
      ? "verb NOT IN ('', 'read')"
      : `verb IN (${verbs.map((_, place) => `{verb${place}:String}`).join(', ')})`
  const columns = `ts, trace_id, span_id, record_kind, resource_id, action_id, tool_name, verb`
  return {
    sql: `SELECT kind, name, ${foundColumns}
FROM (
  SELECT ts, trace_id, span_id, is_act, arrayJoin([('resource', resource_id), ('verb', verb)]) AS found, found.1 AS kind, found.2 AS name
  FROM (SELECT *, ${isAct} AS is_act FROM (${recentRecords(columns, recentNamesMax)}) WHERE is_act AND ${isVerb})
  WHERE found.2 != ''
)
GROUP BY kind, name
ORDER BY kind = 'verb' DESC, last DESC, name
LIMIT ${recentFoundMax}
UNION ALL
${reachPart(recentNamesMax)}
${recentSettings}`,
    parameters: {
      ...Object.fromEntries(verbs.map((verb, place) => [`verb${place}`, verb])),
      ...time,
      tenant,
    },
    tenant,
  }
}

function fragmentParameters(fragments: readonly string[]): Record<string, string> {
  return Object.fromEntries(fragments.map((text, place) => [`fragment${place}`, text]))
}
