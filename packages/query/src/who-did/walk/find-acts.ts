import { nameKey, parseSpanRef } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { NamedAct, TracePlace } from '@whodid/store'
import type { EvidenceRow } from '../evidence/evidence.ts'
import { candidatesMax, listedMax, namedTracesMax } from '../evidence/find-acts-sql.ts'
import type { Question } from '../question.ts'
import { textOf } from './point-source.ts'
import type { PointSource } from './point-source.ts'
import {
  candidatesOf,
  inheritingRows,
  inTime,
  isAct,
  listedOf,
  newestFirst,
  rowsIn,
  rowsOf,
} from './select-acts.ts'
import type { Finds, FoundAct } from './select-acts.ts'
import { unixNsOf } from './walked-record.ts'
import type { WalkedRecord } from './walked-record.ts'

/**
 * Finds the acts on a handle by point reads, in the rows that the statement of `find-acts-sql.ts` gives for it. `ask` sends
 * that statement where the name occurs in more places than are read one by one. Throws the errors of `PointReader`.
 */
export async function findActs(
  source: PointSource,
  question: Question,
  ask: () => Promise<readonly EvidenceRow[]>,
): Promise<readonly EvidenceRow[]> {
  const { kind, value } = question.handle
  if (kind === 'resource' || kind === 'credential' || kind === 'tool')
    return newestActs(source, question)
  if (kind === 'template' || kind === 'delegator') {
    const [own, unnamed] = await Promise.all([
      newestActs(source, question),
      actsWithoutName(source, question, kind),
    ])
    return [...own, ...inheritingRows(question, unnamed)]
  }
  if (kind === 'prompt') return (await actsUnderPrompt(source, question)) ?? ask()
  const finds = finders.get(kind)
  if (finds === undefined) return ask()
  const id = kind === 'span' ? (parseSpanRef(value)?.trace ?? '') : value
  const records = await source.recordsUnder(kind === 'span' ? 'trace' : kind, id)
  if (records === undefined) return ask()
  const acts = inTime(question, records).filter((record) => finds(record, value))
  return [...rowsOf(question, acts), ...inheritingRows(question, records)]
}

/** Acts that are read first, and where that is not enough. The verdict concerns one of the newest. */
const newestMax = 256
const newestListedMax = 1024

/**
 * Finds the newest acts that `whodid.acts` has under a name, in order. Where the first of them are reads, failures or
 * copies, the acts behind them are read too: many reads hide no write.
 */
async function newestActs(source: PointSource, question: Question): Promise<EvidenceRow[]> {
  const { verb } = question
  const read = async (limit: number, isEnded: boolean): Promise<readonly NamedAct[]> => {
    const ended = isEnded ? { verb: verb ?? '' } : null
    return source.acts({ ...wantedOf(question), limit, ended })
  }
  const actsOf = (rows: readonly NamedAct[]): FoundAct[] =>
    rows
      .filter(({ name }) => name === question.handle.value)
      .map(actOf)
      .toSorted(newestFirst)
  const rows = await read(newestMax, false)
  const first = actsOf(rows)
  const [newest] = candidatesOf(question, first)
  const listed = listedOf(first)
  const isWhole = rows.length < newestMax
  const [all, ended] = await Promise.all([
    isWhole || listed.length >= listedMax ? rows : read(newestListedMax, false),
    isWhole || candidatesOf(question, first).length >= candidatesMax ? rows : read(newestMax, true),
    // The act that is judged first is looked at next.
    newest === undefined ? undefined : source.recordsUnder('trace', newest.trace),
  ])
  return [
    ...rowsIn('candidate', candidatesOf(question, actsOf(ended)), question),
    ...rowsIn('listed', listedOf(actsOf(all)), question),
  ]
}

/** Returns the key and the bounds of a question, as point reads want them. */
function wantedOf({ at, from, to, asRecorded: recorded, handle }: Question) {
  const until = at !== null && to !== null ? (at < to ? at : to) : (at ?? to)
  return { key: nameKey(handle.kind, handle.value), since: from, until, recorded }
}

/** The rows of a name that are read first for each trace: a few received batches. */
const rowsOfTraceUsual = 8
/** The most rows of a name that are read. A long run has one in each received batch. */
const rowsOfNameMax = 65_536

/** Finds the newest acts without the name in the newest traces where it occurs: they may inherit it. */
async function actsWithoutName(
  source: PointSource,
  question: Question,
  kind: 'template' | 'delegator',
): Promise<readonly WalkedRecord[]> {
  const wanted = wantedOf(question)
  const limit = rowsOfTraceUsual * namedTracesMax
  let rows = await source.newestPlaces({ ...wanted, limit })
  const traces = new Set(rows.map(({ trace }) => trace)).size
  // Few traces in many rows: as many more rows as promise enough.
  if (rows.length === limit && traces < namedTracesMax)
    rows = await source.newestPlaces({
      ...wanted,
      limit: Math.min(rowsOfNameMax, Math.floor((limit * limit) / traces)),
    })
  const newest = new Map<string, Map<number, TracePlace>>()
  for (const place of rows) {
    const hours = newest.get(place.trace) ?? new Map<number, TracePlace>()
    if (newest.size < namedTracesMax || newest.has(place.trace))
      newest.set(place.trace, hours.set(place.hour, place))
  }
  const places = [...newest.values()].flatMap((hours) => [...hours.values()])
  if (places.length === 0) return []
  const ended = { verb: question.verb ?? '' }
  return source.unnamedActs({ ...wanted, kind, places, limit: candidatesMax, ended })
}

/** The most places of a prompt, and of what it prompted, whose records are read one by one. */
const promptPlacesMax = 32

/** Finds the acts under the prompts with a hash, in their traces and in those that they prompted; undefined where these are many. */
async function actsUnderPrompt(
  source: PointSource,
  question: Question,
): Promise<EvidenceRow[] | undefined> {
  const { kind, value } = question.handle
  const own = await source.names([nameKey(kind, value)])
  const traces = new Set(own?.map(({ trace }) => trace))
  if (own === undefined || traces.size > promptPlacesMax) return undefined
  const prompted = await source.names([...traces].map((trace) => nameKey('prompted', trace)))
  const places = new Map([...own, ...(prompted ?? [])].map((place) => [textOf(place), place]))
  if (prompted === undefined || places.size > promptPlacesMax) return undefined
  const records = await source.records([...places.values()])
  if (records === undefined) return undefined
  const prompts = new Set(
    records
      .filter(({ columns }) => columns['prompt_hash'] === value)
      .map(({ trace, span }) => `${trace}-${span}`),
  )
  const acts = inTime(question, records).filter(
    (record) => prompts.has(String(record.columns['prompt_ref'])) && isAct(record),
  )
  const inItsTraces = records.filter(({ trace }) => traces.has(trace))
  return [...rowsOf(question, acts), ...inheritingRows(question, inItsTraces)]
}

function actOf({ columns }: NamedAct): FoundAct {
  return {
    columns,
    leaf: '',
    trace: columns['trace_id'] ?? '',
    span: columns['span_id'] ?? '',
    startUnixNs: unixNsOf(columns['ts'] ?? ''),
    receivedUnixNs: unixNsOf(columns['received_at'] ?? ''),
  }
}

const isActWith =
  (column: string): Finds =>
  (record, value) =>
    record.columns[column] === value && isAct(record)

/** The records that a handle names, among those of the places where the name occurs. */
const finders: ReadonlyMap<HandleKind, Finds> = new Map<HandleKind, Finds>([
  ['trace', (record, value) => record.trace === value && isAct(record)],
  ['span', (record, value) => `${record.trace}-${record.span}` === value.toLowerCase()],
  ['action', ({ columns }, value) => columns['action_id'] === value],
  ['instance', isActWith('instance_id')],
  ['correlation', isActWith('correlation_id')],
  ['session', isActWith('session_id')],
  ['conversation', isActWith('conversation_id')],
])
