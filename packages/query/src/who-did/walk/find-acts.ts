import { nameKey, parseSpanRef } from '@whodid/model'
import type { HandleKind } from '@whodid/model'
import type { NamedAct } from '@whodid/store'
import { deriveRow } from '../../offline/derive-row.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'
import { candidatesMax, listedMax, namedMax } from '../evidence/find-acts-sql.ts'
import { namedOfSenderMax } from '../evidence/find-acts-sql.ts'
import { isNamed } from '../question.ts'
import type { Question } from '../question.ts'
import type { PointSource } from './point-source.ts'
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
  if (kind === 'resource' || kind === 'credential') return newestActs(source, question)
  if (kind === 'delegator') {
    // A person occurs in many traces: which of them are the newest is asked of the engine.
    const [own, inheriting] = await Promise.all([newestActs(source, question), ask()])
    return [...own, ...inheriting]
  }
  const finds = finders.get(kind)
  if (finds === undefined) return ask()
  const id = kind === 'span' ? (parseSpanRef(value)?.trace ?? '') : value
  const records = await source.recordsUnder(kind === 'span' ? 'trace' : kind, id)
  if (records === undefined) return ask()
  const acts = inTime(question, records).filter((record) => finds(record, value))
  return [...rowsOf(question, acts), ...inheritingRows(question, records)]
}

/** An act as its own record, or a row of `whodid.acts`, describes it. */
type FoundAct = Omit<WalkedRecord, 'hour' | 'kin'>

/** Acts that are read first, and where that is not enough. The verdict concerns one of the newest. */
const newestMax = 256
const newestListedMax = 1024

/**
 * Finds the newest acts on a resource, a credential or a person, in order. Where the first of them are reads, failures or
 * copies, the acts behind them are read too: many reads hide no write.
 */
async function newestActs(source: PointSource, question: Question): Promise<EvidenceRow[]> {
  const { verb } = question
  const read = async (limit: number, isEnded: boolean): Promise<readonly NamedAct[]> => {
    const { at, from, to, asRecorded: recorded, handle } = question
    const until = at !== null && to !== null ? (at < to ? at : to) : (at ?? to)
    const ended = isEnded ? { verb: verb ?? '' } : null
    const key = nameKey(handle.kind, handle.value)
    return source.acts({ key, limit, since: from, until, recorded, ended })
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

type Finds = (record: FoundAct, value: string) => boolean

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

function isAct({ columns }: FoundAct): boolean {
  const kind = columns['record_kind']
  const isCall = kind === 'tool_call' || kind === 'action'
  return isCall || columns['resource_id'] !== '' || columns['action_id'] !== ''
}

/** Returns the records within the bounds of a question, newest first. */
function inTime(question: Question, records: readonly FoundAct[]): FoundAct[] {
  return records.filter((record) => isInTime(record, question)).toSorted(newestFirst)
}

/** True within the bounds of a question: of the time of the act, and of the time of receipt. */
function isInTime(
  { startUnixNs, receivedUnixNs }: Pick<FoundAct, 'startUnixNs' | 'receivedUnixNs'>,
  { at, from, to, asRecorded }: Question,
): boolean {
  if (from !== null && startUnixNs < from) return false
  if (at !== null && startUnixNs > at) return false
  if (to !== null && startUnixNs > to) return false
  return asRecorded === null || receivedUnixNs <= asRecorded
}

/** Orders by the earlier of the emitter's clock and the ledger's: a clock that runs ahead hides no later act. */
function newestFirst(a: FoundAct, b: FoundAct): number {
  return (
    compare(earlier(b), earlier(a)) ||
    compare(b.startUnixNs, a.startUnixNs) ||
    Number(isToolCall(b)) - Number(isToolCall(a)) ||
    compare(a.span, b.span)
  )
}

function earlier({ startUnixNs, receivedUnixNs }: FoundAct): bigint {
  return startUnixNs < receivedUnixNs ? startUnixNs : receivedUnixNs
}

function isToolCall({ columns }: FoundAct): boolean {
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

/** Returns the rows of the acts that carry the name. Precondition: newest first. */
function rowsOf(question: Question, acts: readonly FoundAct[]): EvidenceRow[] {
  return [
    ...rowsIn('candidate', candidatesOf(question, acts), question),
    ...rowsIn('listed', listedOf(acts), question),
  ]
}

/** Returns the rows of the acts that do not carry the name and may inherit it. */
function inheritingRows(question: Question, records: readonly FoundAct[]): EvidenceRow[] {
  const { kind, value } = question.handle
  const unnamed = unnamedBy.get(kind)
  if (unnamed === undefined) return []
  const acts = inTime(question, records).filter(
    (record) => isAct(record) && unnamed(record, value) && isCandidate(record, question),
  )
  return rowsIn('inheriting', distinct(acts, []).slice(0, candidatesMax), question)
}

function candidatesOf(question: Question, acts: readonly FoundAct[]): FoundAct[] {
  if (isNamed(question.handle.kind)) return firstOfEachSender(acts)
  const candidates = acts.filter((act) => isCandidate(act, question))
  return distinct(candidates, candidateColumns).slice(0, candidatesMax)
}

/** A name of one act belongs to the best backed record that came first, so the first of each sender are read, not the newest. */
function firstOfEachSender(acts: readonly FoundAct[]): FoundAct[] {
  const counts = new Map<string, number>()
  return acts
    .map((act) => ({ act, backing: backingOf(act) }))
    .toSorted(
      (a, b) =>
        a.backing - b.backing ||
        compare(a.act.receivedUnixNs, b.act.receivedUnixNs) ||
        compare(a.act.startUnixNs, b.act.startUnixNs) ||
        compare(a.act.span, b.act.span),
    )
    .filter(({ act, backing }) => {
      const sender = JSON.stringify([backing, act.columns['exporter']])
      const count = (counts.get(sender) ?? 0) + 1
      counts.set(sender, count)
      return count <= namedOfSenderMax
    })
    .slice(0, namedMax)
    .map(({ act }) => act)
}

/** The rank of a record's backing, 0 for the best, as the statement of `find-acts-sql.ts` has it. */
function backingOf({ columns }: FoundAct): number {
  if (columns['channel'] === 'entitled') return 0
  if (columns['channel'] === 'unentitled') return 3
  const isUnnamedAgent =
    columns['actor_type'] === 'agent' &&
    columns['template_id'] === '' &&
    columns['instance_id'] === ''
  return columns['actor_type'] === '' || isUnnamedAgent ? 1 : 2
}

function listedOf(acts: readonly FoundAct[]): FoundAct[] {
  return distinct(acts, listedColumns).slice(0, listedMax)
}

function rowsIn(
  role: 'candidate' | 'listed' | 'inheriting',
  acts: readonly FoundAct[],
  question: Question,
): EvidenceRow[] {
  return acts.map((act) => {
    const { outcome } = act.columns
    const qualifies =
      !isNamed(question.handle.kind) && outcome === 'success' && isVerbAsked(act, question)
    return { ...deriveRow(role === 'candidate' ? role : 'listed', act, { qualifies }), role }
  })
}

/** True for an act that the verdict may concern: neither failed nor denied. A handle that names one act concerns it however it ended. */
function isCandidate(act: FoundAct, question: Question): boolean {
  if (isNamed(question.handle.kind)) return true
  const { outcome } = act.columns
  return outcome !== 'failure' && outcome !== 'denied' && isVerbAsked(act, question)
}

function isVerbAsked({ columns }: FoundAct, { verb }: Question): boolean {
  return verb === null ? columns['verb'] !== 'read' : columns['verb'] === verb
}

/** Returns the first of the records that are equal in their IDs and these columns. */
function distinct(records: readonly FoundAct[], columns: readonly string[]): FoundAct[] {
  const seen = new Set<string>()
  return records.filter((record) => {
    const values = columns.map((column) => record.columns[column])
    const mark = JSON.stringify([record.trace, record.span, ...values])
    return !seen.has(mark) && seen.add(mark)
  })
}
