import type { DerivedTable } from './derived-views.ts'

/** A column as the engine describes it. */
export interface DerivedColumn {
  readonly name: string
  readonly type: string
  readonly default_type: string
  readonly default_expression: string
}

/** A table beside the records: its columns, and the versions of its view with the columns that each gives, newest first. */
export interface DerivedDefinition {
  readonly columns: readonly DerivedColumn[]
  readonly versions: readonly string[]
  readonly outputs: readonly (readonly string[])[]
}

/** The table and version that a statement is wanted for. */
interface Wanted {
  readonly table: DerivedTable
  readonly version: number
}

/** The statements that compare the tables beside the records with the rows that their views compute from the records. */
export interface DerivedStatements {
  readonly versions: (table: DerivedTable) => number
  /** Parameters: `from`, `to` (nanoseconds of receipt), `parts`, `key`, `other`. */
  readonly buckets: (wanted: Wanted) => string
  /** Parameters: those, and `day`, `part`, `limit`. */
  readonly differences: (wanted: Wanted) => string
  /** Parameters: those, and `traces`, for all that is known of those traces from `from` on, whenever it was received before `to`. */
  readonly differencesOf: (wanted: Wanted) => string
}

/** The columns that distinguish the rows of a table. */
const identities: Readonly<Record<DerivedTable, readonly string[]>> = {
  actions: ['trace_id', 'span_id', 'received_at'],
  acts: ['tenant', 'key', 'trace_id', 'span_id', 'received_at'],
  threads: ['tenant', 'key', 'hour', 'trace_id'],
}

/** Makes the statements for tables as they are described. */
export function derivedStatements(
  definitions: Readonly<Record<DerivedTable, DerivedDefinition>>,
): DerivedStatements {
  const sides = ({ table, version }: Wanted, isOfTraces: boolean): string =>
    sidesOf(table, { ...definitions[table], version, isOfTraces })
  return {
    versions: (table) => definitions[table].versions.length,
    buckets: (wanted) => `SELECT toString(day) AS day, toString(part) AS part
FROM
(
  SELECT day, part, sign, count() AS rows, sum(toUInt64(hash.1)) AS one, sum(toUInt64(hash.2)) AS two
  FROM (${sides(wanted, false)}) GROUP BY day, part, sign
)
GROUP BY day, part
HAVING sum(rows * sign) != 0 OR sumIf(one, sign = 1) != sumIf(one, sign = -1) OR sumIf(two, sign = 1) != sumIf(two, sign = -1)
ORDER BY day, part`,
    differences: (wanted) =>
      differing(
        `SELECT * FROM (${sides(wanted, false)}) WHERE day = {day:Date} AND part = {part:UInt64}`,
      ),
    differencesOf: (wanted) => differing(sides(wanted, true)),
  }
}

function differing(rows: string): string {
  return `SELECT any(identity) AS identity, any(span) AS span, toString(sum(sign)) AS lack
FROM (${rows})
GROUP BY hash HAVING sum(sign) != 0
ORDER BY span, identity LIMIT {limit:UInt64}`
}

interface Side extends DerivedDefinition {
  readonly version: number
  readonly isOfTraces: boolean
}

/** The rows computed from the records (`sign` 1) and those of the table (-1), in one form: a keyed hash of each row, and its identity. */
function sidesOf(table: DerivedTable, side: Side): string {
  const { columns, versions, outputs, version, isOfTraces } = side
  const named = new Set(outputs.flat())
  const compared = columns.filter(({ name }) => named.has(name))
  const given = new Set(outputs[version])
  const range = isOfTraces ? `${receivedIn} AND ${ofTraces}` : receivedIn
  const view = (versions[version] ?? '').replaceAll(
    /\bwhodid\.spans\b/gu,
    `(SELECT * FROM whodid.spans WHERE ${range})`,
  )
  // The table filled a column that a version of the view did not give yet with the column's default.
  const made = compared.map(
    (column, n) => `${given.has(column.name) ? column.name : defaultOf(column)} AS c${n}`,
  )
  const stored = compared.map(({ name }, n) => `${name} AS c${n}`)
  const one = `SELECT 1 AS sign, ${hashed(table, compared)} FROM (${normalized(table, compared, `SELECT ${made.join(', ')} FROM (${view})`)})`
  const other = `SELECT -1 AS sign, ${hashed(table, compared)} FROM (${normalized(table, compared, `SELECT ${stored.join(', ')} FROM whodid.${table} WHERE ${range}`)})`
  return `${one} UNION ALL ${other}`
}

const receivedIn = `received_at >= fromUnixTimestamp64Nano({from:Int64}, 'UTC') AND received_at < fromUnixTimestamp64Nano({to:Int64}, 'UTC')`
const ofTraces = `trace_id IN (SELECT toFixedString(unhex(arrayJoin({traces:Array(String)})), 16))`

/**
 * Acts are compared one by one. The content of a thread's row depends on which records came in one insert: the rows of a
 * name in a trace have the same sum for any split into inserts.
 */
function normalized(table: DerivedTable, compared: readonly DerivedColumn[], rows: string): string {
  if (table !== 'threads') return rows
  const whole = compared.map((column, n) => {
    if (column.name === 'received_at') return `min(c${n}) AS d${n}`
    return isList(column) ? `arraySort(groupUniqArrayArray(c${n})) AS d${n}` : `c${n} AS d${n}`
  })
  const names = compared.flatMap((column, n) =>
    column.name === 'received_at' || isList(column) ? [] : [`c${n}`],
  )
  return `SELECT ${whole.join(', ')} FROM (${rows}) GROUP BY ${names.join(', ')}`
}

function hashed(table: DerivedTable, compared: readonly DerivedColumn[]): string {
  const letter = table === 'threads' ? 'd' : 'c'
  const at = (name: string): string =>
    `${letter}${compared.findIndex((column) => column.name === name)}`
  // The time of a thread's row is that of the first record of its insert.
  const hashedColumns = compared.flatMap(({ name }, n) =>
    table === 'threads' && name === 'received_at' ? [] : [`${letter}${n}`],
  )
  const hex = `lower(hex(${at('trace_id')}))`
  const span = table !== 'threads' ? `concat(${hex}, '-', lower(hex(${at('span_id')})))` : hex
  const identity = identities[table].map(at).join(', ')
  return `toDate(${at('received_at')}) AS day, cityHash64(${at('trace_id')}) % {parts:UInt64} AS part,
  ${keyedHash(hashedColumns)} AS hash, ${span} AS span, hex(formatRow('RowBinary', ${identity})) AS identity`
}

/** A person who changed a row before the key was drawn cannot have made the sums of changed rows equal those of the sealed ones. */
function keyedHash(columns: readonly string[]): string {
  const row = `formatRow('RowBinary', ${columns.join(', ')})`
  return `(sipHash64Keyed(({key:UInt64}, {other:UInt64}), ${row}), sipHash64Keyed(({other:UInt64}, {key:UInt64}), ${row}))`
}

function isList({ type }: DerivedColumn): boolean {
  return type.startsWith('Array(')
}

function defaultOf({
  type,
  default_type: kind,
  default_expression: expression,
}: DerivedColumn): string {
  return kind === 'DEFAULT' && expression !== ''
    ? `CAST(${expression}, '${type.replaceAll("'", "\\'")}')`
    : `defaultValueOfTypeName('${type.replaceAll("'", "\\'")}')`
}
