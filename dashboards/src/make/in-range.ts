/** The times of the dashboard, as the arguments of a view that takes them. Grafana's macros are made numbers, which have no time zone. */
export const range =
  'since_ms = toUnixTimestamp64Milli($__fromTime_ms), until_ms = toUnixTimestamp64Milli($__toTime_ms)'

/** The condition that a row is within the times of the dashboard, to the millisecond. */
export const inRange = '$__timeFilter_ms(ts)'

/**
 * The text of a variable as SQL, whatever is in it.
 *
 * Grafana's formats for SQL escape a quote and leave the backslash, which ClickHouse reads as an escape too: a name that an agent chose
 * could so end the text and go on as SQL. Percent-encoding leaves nothing that ClickHouse reads.
 */
export function textOf(variable: string): string {
  return `decodeURLComponent('\${${variable}:percentencode}')`
}

/** The condition that a column equals a variable's text, or that the variable is empty. */
export function equalsOrEmpty(column: string, variable: string): string {
  return `('\${${variable}:percentencode}' = '' OR ${column} = ${textOf(variable)})`
}

/**
 * The condition that a column has one of the values that are chosen in a list, or that all are. The variable's values are in hex, so a
 * comma in a name divides nothing, and several of them are percent-encoded as `{a,b}`.
 */
export function inChosen(column: string, variable: string): string {
  const chosen = `splitByChar(',', trim(BOTH '{}' FROM ${textOf(variable)}))`
  return `$__conditionalAll(has(arrayMap(h -> unhex(h), ${chosen}), ${column}), $${variable})`
}

/** The query of a list variable: the values in hex, the labels as they are. */
export function choicesOf(column: string, from: string): string {
  return `SELECT lower(hex(${column})) AS value, any(${column}) AS text FROM ${from} WHERE ${inRange} AND ${column} != '' GROUP BY ${column} ORDER BY text LIMIT 1000`
}

/** The time of a point of a series. */
export const bucket = '$__timeInterval_ms(ts) AS time'
