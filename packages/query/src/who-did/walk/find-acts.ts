import { nameKey, parseSpanRef } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import { deriveRow } from '../../offline/derive-row.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'
import { candidatesMax, listedMax, namedTracesMax } from '../evidence/find-acts-sql.ts'
import { isNamed } from '../question.ts'
import type { Question } from '../question.ts'
import { traceKey } from './point-source.ts'
import type { PointSource } from './point-source.ts'
import type { WalkedRecord } from './walked-record.ts'

/**
 * Finds the acts on a handle by point reads, in the rows that the statement of `find-acts-sql.ts` gives for it. Undefined
 * where the name occurs in more places than are read one by one. Throws the errors of `PointReader`.
 */
export async function findActs(
  source: PointSource,
  question: Question,
): Promise<EvidenceRow[] | undefined> {
  const { kind, value } = question.handle
  const find = finders.get(kind)
  if (find === undefined) return undefined
  const id = kind === 'span' ? (parseSpanRef(value)?.trace ?? '') : value
  const named = await source.names([nameKey(kind === 'span' ? 'trace' : kind, id)])
  if (named === undefined) return undefined
  const places = new Map(named.map((place) => [`${place.trace}${place.hour}`, place]))
  if (places.size > namedTracesMax) return undefined
  const [records] = await Promise.all([
    source.records([...places.values()]),
    // What leads outwards from the act's trace is needed next.
    source.names([...new Set(named.map(({ trace }) => traceKey(trace)))]),
  ])
  if (records === undefined) return undefined
  const inTime = records.filter((record) => isInTime(record, question)).toSorted(newestFirst)
  const unnamed = unnamedBy.get(kind)
  return [
    ...rowsOf(
      question,
      inTime.filter((record) => find(record, value)),
    ),
    ...(unnamed === undefined
      ? []
      : inheritingRows(
          question,
          inTime.filter((record) => isAct(record) && unnamed(record, value)),
        )),
  ]
}

type Finds = (record: WalkedRecord, value: string) => boolean

const isActWith =
  (column: string): Finds =>
  (record, value) =>
    record.columns[column] === value && isAct(record)

/** The records that a handle names, among those of the places where the name occurs. */
const finders: ReadonlyMap<HandleKind, Finds> = new Map<HandleKind, Finds>([
  ['trace', (record, value) => record.trace === value && isAct(record)],
  ['span', (record, value) => `${record.trace}-${record.span}` === value.toLowerCase()],
  ['action', ({ columns }, value) => columns['action_id'] === value],
  ['template', isActWith('template_id')],
  ['instance', isActWith('instance_id')],
  ['correlation', isActWith('correlation_id')],
  ['session', isActWith('session_id')],
  ['conversation', isActWith('conversation_id')],
  ['tool', isActWith('tool_name')],
])

/** The acts without the name that may inherit it. */
const unnamedBy: ReadonlyMap<HandleKind, Finds> = new Map<HandleKind, Finds>([
  ['template', ({ columns }, value) => columns['template_id'] !== value],
  ['instance', ({ columns }, value) => columns['instance_id'] !== value],
  ['session', ({ columns }) => columns['session_id'] === ''],
  ['conversation', ({ columns }) => columns['conversation_id'] === ''],
])

function isAct({ columns }: WalkedRecord): boolean {
  const kind = columns['record_kind']
  const isCall = kind === 'tool_call' || kind === 'action'
  return isCall || columns['resource_id'] !== '' || columns['action_id'] !== ''
}

/** True within the bounds of a question: of the time of the act, and of the time of receipt. */
function isInTime(
  { startUnixNs, receivedUnixNs }: Pick<WalkedRecord, 'startUnixNs' | 'receivedUnixNs'>,
  { at, from, to, asRecorded }: Question,
): boolean {
  if (from !== null && startUnixNs < from) return false
  if (at !== null && startUnixNs > at) return false
  if (to !== null && startUnixNs > to) return false
  return asRecorded === null || receivedUnixNs <= asRecorded
}

/** Orders by the earlier of the emitter's clock and the ledger's: a clock that runs ahead hides no later act. */
function newestFirst(a: WalkedRecord, b: WalkedRecord): number {
  return (
    compare(earlier(b), earlier(a)) ||
    compare(b.startUnixNs, a.startUnixNs) ||
    Number(isToolCall(b)) - Number(isToolCall(a)) ||
    compare(a.span, b.span)
  )
}

function earlier({ startUnixNs, receivedUnixNs }: WalkedRecord): bigint {
  return startUnixNs < receivedUnixNs ? startUnixNs : receivedUnixNs
}

function isToolCall({ columns }: WalkedRecord): boolean {
  return columns['record_kind'] === 'tool_call'
}

function compare<Value extends bigint | string>(a: Value, b: Value): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The columns by which records are different candidates, and different listed acts. */
const candidateColumns = [
  'tool_name',
  'verb',
  'resource_id',
  'outcome',
  'channel',
  'actor_type',
  'instance_id',
  'template_id',
]
const listedColumns = [
  'tool_name',
  'verb',
  'resource_id',
  'channel',
  'actor_type',
  'instance_id',
  'template_id',
  'user_id',
]

/** Returns the rows of the acts that carry the name, newest first. */
function rowsOf(question: Question, acts: readonly WalkedRecord[]): EvidenceRow[] {
  const candidates = distinct(
    acts.filter((act) => isCandidate(act, question)),
    candidateColumns,
  )
  return [
    ...rowsIn('candidate', candidates.slice(0, candidatesMax), question),
    ...rowsIn('listed', distinct(acts, listedColumns).slice(0, listedMax), question),
  ]
}

function inheritingRows(question: Question, acts: readonly WalkedRecord[]): EvidenceRow[] {
  const candidates = distinct(
    acts.filter((act) => isCandidate(act, question)),
    [],
  )
  return rowsIn('inheriting', candidates.slice(0, candidatesMax), question)
}

function rowsIn(
  role: 'candidate' | 'listed' | 'inheriting',
  acts: readonly WalkedRecord[],
  question: Question,
): EvidenceRow[] {
  return acts.map((act) => {
    const { outcome } = act.columns
    const qualifies =
      !isNamed(question.handle.kind) && outcome === 'success' && isVerbAsked(act, question)
    return { ...deriveRow('listed', act, { qualifies }), role }
  })
}

/** True for an act that the verdict may concern: neither failed nor denied. A handle that names one act concerns it however it ended. */
function isCandidate(act: WalkedRecord, question: Question): boolean {
  if (isNamed(question.handle.kind)) return true
  const { outcome } = act.columns
  return outcome !== 'failure' && outcome !== 'denied' && isVerbAsked(act, question)
}

function isVerbAsked({ columns }: WalkedRecord, { verb }: Question): boolean {
  return verb === null ? columns['verb'] !== 'read' : columns['verb'] === verb
}

/** Returns the first of the records that are equal in their IDs and these columns. */
function distinct(records: readonly WalkedRecord[], columns: readonly string[]): WalkedRecord[] {
  const seen = new Set<string>()
  return records.filter((record) => {
    const values = columns.map((column) => record.columns[column])
    const mark = JSON.stringify([record.trace, record.span, ...values])
    return !seen.has(mark) && seen.add(mark)
  })
}
