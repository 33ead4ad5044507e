import type { HandleKind } from '@whodid/model'
import { deriveRow } from '../../offline/derive-row.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'
import { candidatesMax, listedMax, namedMax } from '../evidence/find-acts-sql.ts'
import { namedOfSenderMax } from '../evidence/find-acts-sql.ts'
import { isNamed } from '../question.ts'
import type { Question } from '../question.ts'
import type { WalkedRecord } from './walked-record.ts'

/** An act as its own record, or a row of `whodid.acts`, describes it. */
export type FoundAct = Omit<WalkedRecord, 'hour' | 'kin'>

/** The records that something is true of, for the value of a handle. */
export type Finds = (record: FoundAct, value: string) => boolean

/** The acts without the name that may inherit it. */
const unnamedBy: ReadonlyMap<HandleKind, Finds> = new Map<HandleKind, Finds>([
  ['template', ({ columns }, value) => columns['template_id'] !== value],
  ['instance', ({ columns }, value) => columns['instance_id'] !== value],
  ['session', ({ columns }) => columns['session_id'] === ''],
  ['conversation', ({ columns }) => columns['conversation_id'] === ''],
  ['prompt', ({ columns }) => columns['prompt_ref'] === ''],
  [
    'delegator',
    ({ columns }, value) => columns['delegator_id'] !== value && columns['user_id'] !== value,
  ],
])

/** True for a record that touched something, or says that it was called. */
export function isAct({ columns }: FoundAct): boolean {
  const kind = columns['record_kind']
  const isCall = kind === 'tool_call' || kind === 'action'
  return isCall || columns['resource_id'] !== '' || columns['action_id'] !== ''
}

/** Returns the records within the bounds of a question, newest first. */
export function inTime(question: Question, records: readonly FoundAct[]): FoundAct[] {
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
export function newestFirst(a: FoundAct, b: FoundAct): number {
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
export function rowsOf(question: Question, acts: readonly FoundAct[]): EvidenceRow[] {
  return [
    ...rowsIn('candidate', candidatesOf(question, acts), question),
    ...rowsIn('listed', listedOf(acts), question),
  ]
}

/** Returns the rows of the acts that do not carry the name and may inherit it. */
export function inheritingRows(question: Question, records: readonly FoundAct[]): EvidenceRow[] {
  const { kind, value } = question.handle
  const unnamed = unnamedBy.get(kind)
  if (unnamed === undefined) return []
  const acts = inTime(question, records).filter(
    (record) => isAct(record) && unnamed(record, value) && isCandidate(record, question),
  )
  return rowsIn('inheriting', distinct(acts, []).slice(0, candidatesMax), question)
}

export function candidatesOf(question: Question, acts: readonly FoundAct[]): FoundAct[] {
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

export function listedOf(acts: readonly FoundAct[]): FoundAct[] {
  return distinct(acts, listedColumns).slice(0, listedMax)
}

export function rowsIn(
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
