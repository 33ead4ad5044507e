import type { FoundQuery } from '@whodid/dashboards'
import type { Frame } from './grafana-ledger.ts'

type Row = Readonly<Record<string, unknown>>

const isTime = (type: string): boolean => /^(Nullable\()?DateTime/u.test(type)
const isNumber = (type: string): boolean => /^(Nullable\()?(U?Int|Float|Decimal|Bool)/u.test(type)
const isText = (type: string): boolean =>
  /^(Nullable\()?(LowCardinality\()?(Fixed)?String/u.test(type)
const tagsType = 'Array(Map(String, String))'

/** The columns that a panel of traces reads, and what each must be. Names are as Grafana's panel spells them. */
const traceColumns: Readonly<Record<string, (type: string) => boolean>> = {
  traceID: isText,
  spanID: isText,
  parentSpanID: isText,
  serviceName: isText,
  operationName: isText,
  startTime: isNumber,
  duration: isNumber,
  tags: (type) => type === tagsType,
  serviceTags: (type) => type === tagsType,
  statusCode: isNumber,
  warnings: (type) => type === 'Array(String)',
}

/** Says what a frame lacks of what Grafana's panel of that type reads. `columns` are those that a table declares. */
export function faultsOfFrame(
  query: FoundQuery,
  frame: Frame,
  columns: readonly string[] | undefined,
): string[] {
  const names = frame.meta.map(({ name }) => name)
  const rows = frame.data
  if (query.type === 'annotation') return lacking(frame, { time: isTime, text: isText })
  if (query.type === 'variable')
    return [
      ...(names.join(',') === 'value,text' ? [] : ['a list wants the value and the label']),
      ...rows
        .filter(({ value }) => !/^[0-9a-f]+$/u.test(String(value)))
        .map(() => 'a value is not hex'),
    ]
  return faultsOfPanel(query, frame, columns)
}

function faultsOfPanel(
  query: FoundQuery,
  frame: Frame,
  columns: readonly string[] | undefined,
): string[] {
  const { meta, data } = frame
  const names = meta.map(({ name }) => name).join(',')
  switch (query.panelType) {
    case 'stat':
      return meta.length === 1 && isNumber(meta[0]?.type ?? '') && data.length === 1
        ? []
        : ['a stat wants one number']
    case 'timeseries':
      return faultsOfSeries(frame)
    case 'table':
      return names === columns?.join(',') ? [] : [`columns: ${names}`]
    case 'nodeGraph':
      return faultsOfGraph(query, frame)
    case 'traces':
      return faultsOfTrace(frame)
    default:
      return [`no contract for ${query.panelType}`]
  }
}

function lacking(
  frame: Frame,
  wanted: Readonly<Record<string, (type: string) => boolean>>,
): string[] {
  return Object.entries(wanted)
    .filter(([name, fits]) => !fits(frame.meta.find((column) => column.name === name)?.type ?? ''))
    .map(([name]) => `column ${name} is missing or of another type`)
}

/** Long to wide: times ascend, at most one label, and no label stands twice at one time. */
function faultsOfSeries({ meta, data }: Frame): string[] {
  const [time, ...others] = meta
  const labels = others.filter(({ type }) => isText(type)).map(({ name }) => name)
  const numbers = others.filter(({ type }) => isNumber(type))
  const times = data.map((row) => String(row['time']))
  const points = data.map((row) =>
    JSON.stringify([row['time'], ...labels.map((label) => row[label])]),
  )
  return [
    ...(time?.name === 'time' && isTime(time.type) ? [] : ['the first column is not the time']),
    ...(labels.length <= 1 && numbers.length > 0 && labels.length + numbers.length === others.length
      ? []
      : ['not one label and numbers']),
    ...(times.join() === times.toSorted().join() ? [] : ['times do not ascend']),
    ...(new Set(points).size === points.length ? [] : ['two points of one series at one time']),
  ]
}

const edgeEnds: Record<string, Set<string>> = {}

/** The nodes are asked for before the edges, as the panel lists them: each edge must then end at two of them. */
function faultsOfGraph({ place, refId }: FoundQuery, frame: Frame): string[] {
  const ids = frame.data.map(({ id }) => String(id))
  const repeated = new Set(ids).size === ids.length ? [] : ['two have one ID']
  if (refId === 'nodes') {
    edgeEnds[place] = new Set([...(edgeEnds[place] ?? []), ...ids])
    return [
      ...lacking(frame, {
        id: isText,
        title: isText,
        subtitle: isText,
        mainstat: isNumber,
        color: isText,
      }),
      ...repeated,
    ]
  }
  const known = edgeEnds[place] ?? new Set<string>()
  const loose = (row: Row): boolean =>
    !known.has(String(row['source'])) || !known.has(String(row['target']))
  return [
    ...lacking(frame, { id: isText, source: isText, target: isText, mainstat: isNumber }),
    ...repeated,
    ...frame.data.filter(loose).map((row) => `an edge ends at no node: ${JSON.stringify(row)}`),
  ]
}

/** One row without an ID makes the panel show nothing at all. */
function faultsOfTrace(frame: Frame): string[] {
  const ids = frame.data.map(({ spanID }) => String(spanID))
  const hexOf = (length: number) => new RegExp(`^[0-9a-f]{${length}}$`, 'u')
  const bad = frame.data.filter(
    ({ traceID, spanID, parentSpanID }) =>
      !hexOf(32).test(String(traceID)) ||
      !hexOf(16).test(String(spanID)) ||
      !(parentSpanID === '' || hexOf(16).test(String(parentSpanID))),
  )
  return [
    ...lacking(frame, traceColumns),
    ...bad.map((row) => `IDs: ${JSON.stringify(row)}`),
    ...(new Set(ids).size === ids.length ? [] : ['two spans have one ID']),
    ...(new Set(frame.data.map(({ traceID }) => traceID)).size <= 1 ? [] : ['more than one trace']),
  ]
}
