import type { HandleKind } from '@whodid/model'
import type { Statement } from '@whodid/store'
import { foundColumns } from './found.ts'

/** A name of a kind, as the index of names has it. */
export interface SoughtName {
  readonly kind: HandleKind
  readonly name: string
}

/** Bounds of the acts' time and what they are called in statements. */
export interface SoughtTime {
  readonly since: string
  readonly until: string
}

/** The most names of one clue that are looked up. */
export const namesMax = 32

/** Traces in which a name is counted, the newest; a person's name is in very many. */
export const placesMax = 64

/** Acts of a resource, a credential or a person that are counted, the newest. */
export const actsCountedMax = 10_000

const isAct = `(record_kind IN ('tool_call', 'action') OR resource_id != '' OR action_id != '')`
const timeSql = `ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}`

/** The rows that a name's own columns confirm: two names may meet in one key. */
const carries: Readonly<Record<Exclude<HandleKind, 'resource'>, (value: string) => string>> = {
  trace: () => 'true',
  span: (value) => `span_id = toFixedString(unhex(substring(${value}, 34, 16)), 8)`,
  action: (value) => `action_id = ${value}`,
  instance: (value) => `instance_id = ${value}`,
  template: (value) => `template_id = ${value}`,
  delegator: (value) => `(delegator_id = ${value} OR user_id = ${value})`,
  correlation: (value) => `correlation_id = ${value}`,
  credential: (value) => `credential_id = ${value}`,
  session: (value) => `JSONExtractString(rest, 'si') = ${value}`,
  conversation: (value) => `JSONExtractString(rest, 'ci') = ${value}`,
  tool: (value) => `tool_name = ${value}`,
  prompt: (value) => `JSONExtractString(rest, 'ph') = ${value}`,
}

/** The statement that says which of some names are in the index, by their place: a short part for each, since most of them are not. */
export function planPresence(names: readonly SoughtName[], tenant: string): Statement {
  const parts = names.map(({ kind }, place) => {
    const value = `{name${place}:String}`
    const table = kind === 'resource' ? 'acts' : 'threads'
    return `SELECT ${place} AS place FROM whodid.${table} WHERE key = ${keyOf(kind, value)} LIMIT 1`
  })
  return { sql: parts.join('\nUNION ALL\n'), parameters: nameParameters(names), tenant }
}

function nameParameters(names: readonly SoughtName[]): Record<string, string> {
  return Object.fromEntries(names.map(({ name }, place) => [`name${place}`, name]))
}

/** The key of a name in the key tables: see `nameKey`. */
function keyOf(kind: HandleKind, value: string): string {
  return kind === 'trace' || kind === 'span'
    ? `sipHash64('trace', toFixedString(unhex(substring(${value}, 1, 32)), 16))`
    : `sipHash64('${kind}', ${value})`
}

/** The statement that counts the records under exact names, through the index of names; a part for each. */
export function planNames(
  names: readonly SoughtName[],
  time: SoughtTime,
  tenant: string,
): Statement {
  const parts = names.flatMap(({ kind }, place) => {
    const value = `{name${place}:String}`
    const acts =
      kind === 'resource' || kind === 'credential' || kind === 'delegator'
        ? [actsPart(kind, value)]
        : []
    return kind === 'resource' ? acts : [recordsPart(kind, value), ...acts]
  })
  return {
    sql: parts.join('\nUNION ALL\n'),
    parameters: { ...nameParameters(names), ...time },
    tenant,
  }
}

function recordsPart(kind: Exclude<HandleKind, 'resource'>, value: string): string {
  const isOfTrace = kind === 'trace' || kind === 'span'
  const key = keyOf(kind, value)
  const isTrace = isOfTrace
    ? `trace_id = toFixedString(unhex(substring(${value}, 1, 32)), 16) AND `
    : ''
  return `SELECT '${kind}' AS kind, ${value} AS name, ${foundColumns},
  (SELECT count() FROM (SELECT 1 FROM whodid.threads WHERE key = ${key} LIMIT ${placesMax + 1})) > ${placesMax} AS is_cut
FROM (
  SELECT ts, trace_id, span_id, ${isAct} AS is_act
  FROM whodid.spans
  WHERE (toStartOfHour(ts), trace_id) IN (
      SELECT hour, trace_id FROM whodid.threads
      WHERE key = ${key} AND hour <= {until:DateTime64(9, 'UTC')} AND addHours(toDateTime64(hour, 0, 'UTC'), 1) > {since:DateTime64(9, 'UTC')}
      ORDER BY key DESC, hour DESC LIMIT ${placesMax}
    )
    AND ${isTrace}${carries[kind](value)} AND ${timeSql}
)
HAVING records > 0`
}

function actsPart(kind: string, value: string): string {
  return `SELECT '${kind}' AS kind, ${value} AS name, ${foundColumns}, count() > ${actsCountedMax} AS is_cut
FROM (
  SELECT fromUnixTimestamp64Nano(-nts, 'UTC') AS ts, trace_id, span_id, true AS is_act
  FROM whodid.acts
  WHERE key = sipHash64('${kind}', ${value}) AND fromUnixTimestamp64Nano(-nts, 'UTC') BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
  ORDER BY tenant, key, age, nts LIMIT ${actsCountedMax + 1}
)
HAVING records > 0`
}
