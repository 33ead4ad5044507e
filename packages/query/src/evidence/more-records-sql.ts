import { envelopeColumns, evidenceColumns, rowSql } from './evidence-columns.ts'
import { understoodSql } from '../unread-vocabulary.ts'

/** Records that show whether anything of a handle is understood. */
const presentMax = 16

/** Envelopes of prompts of the traces that links lead to. */
const linkedEnvelopesMax = 32

const isKnown = `received_at <= {recorded:DateTime64(9, 'UTC')}`

const traceOf = (hex: string): string => `toFixedString(unhex(${hex}), 16)`

/** Where the records are of the traces with one of these keys of `whodid.threads`. */
const placesOf = (keys: string): string =>
  `(toStartOfHour(ts), trace_id) IN (SELECT hour, trace_id FROM whodid.threads WHERE key IN ${keys})`

/** Some records of a trace or under a correlation ID, those that are understood first. Parameters: `id`, `recorded`. */
export function presentRecordsSql(kind: 'trace' | 'correlation'): string {
  const id = '{id:String}'
  const name = kind === 'trace' ? traceOf(id) : id
  const column = kind === 'trace' ? 'trace_id' : 'correlation_id'
  return `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${placesOf(`(SELECT sipHash64('${kind}', ${name}))`)} AND ${column} = ${name} AND ${isKnown}
ORDER BY (${understoodSql}) DESC, ts
LIMIT ${presentMax}`
}

const linked = `arrayMap(x -> ${traceOf('x')}, splitByChar(',', {traces:String}))`
const isLinked = `${placesOf(`(SELECT arrayJoin(arrayMap(x -> sipHash64('trace', x), ${linked})))`)} AND has(${linked}, trace_id) AND ${isKnown}`

/** The records of the traces that links lead to, and the texts of their prompts. Parameters: `traces` (hex, by comma), `most`, `recorded`. */
export const linkedRecordsSql: string = `
SELECT 'kin' AS role, ${rowSql(evidenceColumns)} AS record
FROM whodid.spans
WHERE ${isLinked}
ORDER BY (record_kind IN ('session', 'prompt', 'plan', 'delegation', 'tool_call')) DESC, ts
LIMIT {most:UInt32}
UNION ALL
SELECT 'envelope', ${rowSql(envelopeColumns)}
FROM whodid.contents
WHERE ref IN
(
  SELECT content_ref
  FROM whodid.spans
  WHERE ${isLinked} AND record_kind IN ('prompt', 'plan') AND content_commitment != toFixedString('', 32)
  ORDER BY ts
  LIMIT 1 BY content_ref
  LIMIT ${linkedEnvelopesMax}
)`

/** Envelopes by their names. Parameters: `refs` (hex, by comma). */
export const soughtTextsSql: string = `
SELECT 'envelope' AS role, ${rowSql(envelopeColumns)} AS record
FROM whodid.contents
WHERE ref IN (SELECT arrayJoin(arrayMap(x -> toFixedString(unhex(x), 24), splitByChar(',', {refs:String}))))`
