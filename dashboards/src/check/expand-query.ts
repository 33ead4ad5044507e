/** What a query is expanded with: the times in milliseconds since 1970, the interval, and the variables' values. */
export interface QueryContext {
  readonly fromMs: number
  readonly toMs: number
  readonly intervalMs: number
  /** A text, or the texts chosen in a list; `['$__all']` where all are. */
  readonly variables: Readonly<Record<string, string | readonly string[]>>
}

type Macro = (argument: string, context: QueryContext) => string

const seconds = (ms: number): number => Math.floor(ms / 1_000)
const day = (ms: number): string => `toDate('${new Date(ms).toISOString().slice(0, 10)}')`
const milli = (ms: number): string => `fromUnixTimestamp64Milli(${ms})`
const dateTime = (ms: number): string => `toDateTime(${seconds(ms)})`

const timeFilter: Macro = (column, { fromMs, toMs }) =>
  `${column} >= ${dateTime(fromMs)} AND ${column} <= ${dateTime(toMs)}`
const dateFilter: Macro = (column, { fromMs, toMs }) =>
  `${column} >= ${day(fromMs)} AND ${column} <= ${day(toMs)}`
const dateTimeFilter: Macro = (columns, context) => {
  const [date = '', time = ''] = columns.split(',').map((column) => column.trim())
  return `(${dateFilter(date, context)}) AND (${timeFilter(time, context)})`
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** The macros that the plugin's backend expands, on dashboards and in alerts; as its sources have them at version 4.20. */
const macros: Readonly<Record<string, Macro>> = {
  timeFilter,
  timeFilter_ms: (column, { fromMs, toMs }) =>
    `${column} >= ${milli(fromMs)} AND ${column} <= ${milli(toMs)}`,
  dateFilter,
  dateTimeFilter,
  dt: dateTimeFilter,
  timeFrom: (column, { fromMs }) => `${column} >= ${dateTime(fromMs)}`,
  timeTo: (column, { toMs }) => `${column} <= ${dateTime(toMs)}`,
  fromTime: (_, { fromMs }) => dateTime(fromMs),
  toTime: (_, { toMs }) => dateTime(toMs),
  fromTime_ms: (_, { fromMs }) => milli(fromMs),
  toTime_ms: (_, { toMs }) => milli(toMs),
  timeInterval: (column, { intervalMs }) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${Math.max(1, seconds(intervalMs))} second)`,
  timeInterval_ms: (column, { intervalMs }) =>
    `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${intervalMs} millisecond)`,
  timeGroup: (columns) => {
    const [column = '', period = ''] = columns.split(',').map((part) => part.trim())
    const length = Number.parseInt(period, 10) * (secondsOf[period.slice(-1)] ?? Number.NaN)
    return `toStartOfInterval(toDateTime(${column}), INTERVAL ${length} second)`
  },
  interval_s: (_, { intervalMs }) => String(Math.max(1, seconds(intervalMs))),
}

/** The names of the macros that may stand in a query of ours: those of the backend, and the one that Grafana's frontend expands. */
export const knownMacros: readonly string[] = [...Object.keys(macros), 'conditionalAll']

/** Expands a query as a dashboard does: the frontend's macro, then variables, then the backend's macros. */
export function expandQuery(sql: string, context: QueryContext): string {
  return expandMacros(interpolate(expandConditionalAll(sql, context), context), context)
}

/** Expands a query as the backend does, which is all that an alert's query gets. */
export function expandMacros(sql: string, context: QueryContext): string {
  let text = sql
  // From the last to the first, so that what stands inside is expanded before what is around it.
  for (
    let at = text.lastIndexOf('$__');
    at >= 0;
    at = at === 0 ? -1 : text.lastIndexOf('$__', at - 1)
  ) {
    const name = /^\w+/u.exec(text.slice(at + 3))?.[0] ?? ''
    const macro = macros[name]
    if (macro === undefined) continue
    const after = at + 3 + name.length
    const end = text[after] === '(' ? closingOf(text, after) : after
    const argument = end === after ? '' : text.slice(after + 1, end - 1).trim()
    text = `${text.slice(0, at)}${macro(argument, context)}${text.slice(end)}`
  }
  return text
}

const conditionalAll = '$__conditionalAll('

function expandConditionalAll(sql: string, { variables }: QueryContext): string {
  let text = sql
  for (let at = text.lastIndexOf(conditionalAll); at >= 0; at = text.lastIndexOf(conditionalAll)) {
    const open = at + conditionalAll.length - 1
    const end = closingOf(text, open)
    const inner = text.slice(open + 1, end - 1)
    const comma = inner.lastIndexOf(',')
    const variable = inner
      .slice(comma + 1)
      .trim()
      .replaceAll(/[${}]/gu, '')
    const value = variables[variable]
    if (value === undefined)
      throw new Error(`$__conditionalAll of an unknown variable: ${variable}`)
    const isAll = ['', '$__all'].includes(String(value))
    text = `${text.slice(0, at)}${isAll ? '1=1' : inner.slice(0, comma).trim()}${text.slice(end)}`
  }
  return text
}

/** The place after the parenthesis that closes the one at `open`. */
function closingOf(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return at + 1
  }
  throw new Error(`no closing parenthesis: ${text.slice(open, open + 80)}`)
}

type Format = (value: string | readonly string[]) => string

const formats: Readonly<Record<string, Format>> = {
  percentencode: (value) =>
    percentEncode(
      typeof value === 'string'
        ? value
        : value.length === 1
          ? (value[0] ?? '')
          : `{${value.join(',')}}`,
    ),
  // Not for use: it is here so that a test shows why.
  singlequote: (value) =>
    [value]
      .flat()
      .map((one) => `'${String(one).replaceAll("'", String.raw`\'`)}'`)
      .join(','),
}

function interpolate(sql: string, { variables }: QueryContext): string {
  return sql.replaceAll(/\$\{(\w+)(?::(\w+))?\}/gu, (whole, name: string, format = '') => {
    const value = variables[name]
    const apply = formats[String(format)]
    if (value === undefined || apply === undefined)
      throw new Error(`an unknown variable or format: ${whole}`)
    return apply(value)
  })
}

/** As Grafana encodes: `encodeURIComponent`, and the five characters that it leaves. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
