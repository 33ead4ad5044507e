import { isBacked, readEntitlements } from '../evidence/entitlements.ts'
import type { EvidenceRecord } from '../evidence/evidence-record.ts'
import type { RelatedRecords } from '../evidence/evidence.ts'
import { callKey, callOfHook, hooksOf } from './hook-calls.ts'
import { mergeVersions } from './merge-versions.ts'
import type { MergedRecord } from './merge-versions.ts'
import { outcomeOf } from './outcome-of-act.ts'
import type { Part } from './outcome-of-act.ts'
import { agree, isAct, mayReport } from './same-act.ts'

/** Looks up the records of the evidence by key. */
interface Records {
  readonly keys: () => Iterable<string>
  readonly mergedRecord: (key: string) => MergedRecord | undefined
}

/** A call with its parts: the result of all its records together. */
export interface FoldedAct {
  /** The record that stands for the act: the call itself, or the outcome of an intent. */
  readonly key: string
  /** The other records of the same act: approvals, executions, sends, the intent. */
  readonly parts: ReadonlySet<string>
  readonly outcome: string
  /** The record that reports the outcome; undefined when none does. */
  readonly reportedBy: EvidenceRecord | undefined
  readonly tool: string
  readonly verb: string
  readonly resource: string
  readonly resource_type: string
  readonly arguments_hash: string
}

/** The maximum number of records between a part and its call; a longer path is not one call. */
const stepsMax = 16
/** The maximum number of parts read for one call. */
const partsMax = 256
/** Kinds of record that may stand between a call and its parts without being a thing of their own. */
const between: ReadonlySet<string> = new Set(['other', 'input', 'approval', 'tool_call', 'action'])

/** Finds the act that a record is part of. One fold serves all questions about the same evidence. */
export type Fold = (key: string) => FoldedAct | undefined

/**
 * Rule `one_act_in_parts`: a call, its approval and its execution, a client's call with its send and the server's side
 * of it, or an intent and its outcome are one act. Any of these records may supply outcome, tool, resource and
 * arguments.
 *
 * A failure that a part states outranks the form of the call (a status, a result); a denial without an execution
 * outranks both. Another exporter's part counts only when that exporter may speak for the call's actor.
 */
export function foldActs(records: Records): Fold {
  const { mergedRecord } = records
  let index: Index | undefined
  const folded = new Map<string, FoldedAct>()
  return (key) => {
    const record = mergedRecord(key)?.record
    if (record === undefined) return undefined
    const found = (index ??= indexOf(records))
    const foldOf = (call: EvidenceRecord): FoldedAct => {
      let act = folded.get(call.key)
      if (act === undefined) folded.set(call.key, (act = foldAct(call, mergedRecord, found)))
      return act
    }
    const act = foldOf(callOf(record, mergedRecord, found))
    // The climb goes from part to part; a record that the call does not take as a part is an act of its own.
    return act.key === key || act.parts.has(key) ? act : foldOf(record)
  }
}

type MergedRecordOf = (key: string) => MergedRecord | undefined

/** The records of the evidence by what leads to them. */
interface Index {
  /** By their parent. */
  readonly children: ReadonlyMap<string, readonly string[]>
  /** By trace and action ID. */
  readonly byAction: ReadonlyMap<string, readonly string[]>
  /** Records of acts, by trace and the model's ID of the call. */
  readonly byCall: ReadonlyMap<string, readonly string[]>
}

function indexOf({ keys, mergedRecord }: Records): Index {
  const children = new Map<string, string[]>()
  const byAction = new Map<string, string[]>()
  const byCall = new Map<string, string[]>()
  const add = (map: Map<string, string[]>, name: string, key: string): void => {
    const list = map.get(name)
    if (list === undefined) map.set(name, [key])
    else list.push(key)
  }
  for (const key of keys()) {
    const record = mergedRecord(key)?.record
    if (record === undefined) continue
    if (record.parent !== '') add(children, record.parent, key)
    if (record.action !== '') add(byAction, `${key.slice(0, 32)} ${record.action}`, key)
    if (record.tool_call !== '' && isAct(record)) add(byCall, callKey(record), key)
  }
  return { children, byAction, byCall }
}

/** Returns the record that stands for the act: climbs from a part to its call, and from an intent to its outcome. */
function callOf(
  record: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  { byAction, byCall }: Index,
): EvidenceRecord {
  let call = outcomeOfIntent(record, mergedRecord, byAction)
  call = callOfHook(call, mergedRecord, byCall)
  let above = mergedRecord(call.parent)?.record
  for (let step = 0; step < stepsMax && above !== undefined; step += 1) {
    if (isAct(above)) {
      if (!isPart(call, above, mergedRecord)) break
      call = above
    } else if (!between.has(above.kind)) break
    above = above.parent === above.key ? undefined : mergedRecord(above.parent)?.record
  }
  return call
}

/** Returns the outcome of an intent, of the same action ID, trace and actor; the record itself when there is none. */
function outcomeOfIntent(
  record: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  byAction: ReadonlyMap<string, readonly string[]>,
): EvidenceRecord {
  if (record.outcome !== 'unknown' || record.action === '') return record
  const others = byAction.get(`${record.key.slice(0, 32)} ${record.action}`) ?? []
  return (
    others
      .slice(0, partsMax)
      .flatMap((key) => mergedRecord(key)?.record ?? [])
      .find((other) => other.key !== record.key && endsIntent(other, record)) ?? record
  )
}

function endsIntent(other: EvidenceRecord, intent: EvidenceRecord): boolean {
  return (
    other.outcome !== 'unknown' &&
    (other.outcome !== '' || other.kind === 'tool_call') &&
    mayReport(other, intent) &&
    agree(other.verb, intent.verb) &&
    agree(other.resource, intent.resource)
  )
}

function foldAct(
  call: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  { children, byAction, byCall }: Index,
): FoldedAct {
  const tree = treeOf(call, mergedRecord, children)
  for (const record of hooksOf(call, mergedRecord, byCall)) tree.parts.push({ record, parts: [] })
  const parts = recordsOf(tree).slice(1)
  const intents = (byAction.get(`${call.key.slice(0, 32)} ${call.action}`) ?? [])
    .slice(0, partsMax)
    .flatMap((key) => mergedRecord(key)?.record ?? [])
    .filter((one) => isIntentOf(one, call))
  const all = [call, ...parts]
  const first = (field: 'tool' | 'verb' | 'arguments_hash'): string =>
    all.map((record) => record[field]).find((text) => text !== '') ?? ''
  const ofResource = all.find((record) => record.resource !== '')
  return {
    key: call.key,
    parts: new Set([...parts, ...intents].map((record) => record.key)),
    ...outcomeOf(tree),
    tool: first('tool'),
    verb: first('verb'),
    resource: ofResource?.resource ?? '',
    resource_type: ofResource?.resource_type ?? '',
    arguments_hash: first('arguments_hash'),
  }
}

function isIntentOf(record: EvidenceRecord, call: EvidenceRecord): boolean {
  const isNamed = call.action !== '' && record.key !== call.key
  return isNamed && record.outcome === 'unknown' && endsIntent(call, record)
}

/** Returns the call with its parts, each below the part that it belongs to. */
function treeOf(
  call: EvidenceRecord,
  mergedRecord: MergedRecordOf,
  children: ReadonlyMap<string, readonly string[]>,
): Part {
  const root: Part = { record: call, parts: [] }
  if (!isAct(call)) return root
  const seen = new Set([call.key])
  const below = (key: string, under: Part, steps: number) =>
    (children.get(key) ?? []).slice(0, partsMax).map((child) => ({ child, under, steps }))
  const waiting = below(call.key, root, 1)
  for (const { child, under, steps } of waiting) {
    if (seen.size > partsMax) break
    const record = mergedRecord(child)?.record
    if (record === undefined || seen.has(child) || !between.has(record.kind)) continue
    seen.add(child)
    const part = isPart(record, call, mergedRecord) ? { record, parts: [] } : undefined
    if (part !== undefined) under.parts.push(part)
    else if (isAct(record)) continue
    if (steps < stepsMax) waiting.push(...below(child, part ?? under, steps + 1))
  }
  return root
}

function recordsOf({ record, parts }: Part): EvidenceRecord[] {
  return [record, ...parts.flatMap(recordsOf)]
}

/** True when a call may take a record as a part; across exporters, both must be able to speak for the call's actor. */
function mayHold(
  call: EvidenceRecord,
  record: EvidenceRecord,
  mergedRecord: MergedRecordOf,
): boolean {
  const isBelieved =
    call.exporter === record.exporter ||
    isBacked(call, ({ parent }) => mergedRecord(parent)?.record)
  return isBelieved && mayReport(record, call)
}

/** True when a record below a call is part of it, and not an act of its own. */
function isPart(
  record: EvidenceRecord,
  call: EvidenceRecord,
  mergedRecord: MergedRecordOf,
): boolean {
  if (!mayHold(call, record, mergedRecord)) return false
  const isSameCall = haveSameCall(record, call)
  if (isSameCall === false || !agree(record.tool, call.tool)) return false
  if (!agree(record.resource, call.resource)) return false
  if (record.kind === 'approval') return true
  if (!isAct(record)) return false
  if (isServersSide(record, call)) return true
  if (record.action !== '' && record.action === call.action) return true
  if (record.tool !== '') return true
  // A record without a tool is the call's execution or the message that sent it, unless it adds a resource of its own.
  if (record.resource !== '' && record.resource !== call.resource) return isSameCall === true
  return (
    record.kind === 'tool_call' || isSameCall === true || record.name.startsWith(`${call.name}.`)
  )
}

/** True when a server's span (OTLP kind 2) records the request of its client's span (kind 3). */
function isServersSide(record: EvidenceRecord, call: EvidenceRecord): boolean {
  if (call.span_kind !== '3' || record.span_kind !== '2') return false
  return record.name === call.name && record.verb === call.verb
}

/** True when two records name the same call; undefined when one of them names none. */
function haveSameCall(one: EvidenceRecord, other: EvidenceRecord): boolean | undefined {
  return one.tool_call !== '' && other.tool_call !== ''
    ? one.tool_call === other.tool_call
    : undefined
}

/** Reads the acts of some evidence, whatever the subject of the question. */
export interface ActReader {
  /** Returns the merged record of the records under a key; undefined when there is none. */
  readonly mergedRecord: (key: string) => MergedRecord | undefined
  readonly fold: Fold
}

const readers = new WeakMap<RelatedRecords['relatedRecords'], ActReader>()

/** Merges and folds the records of some evidence, once for all questions about it. */
export function readActs({ relatedRecords }: Pick<RelatedRecords, 'relatedRecords'>): ActReader {
  const known = readers.get(relatedRecords)
  if (known !== undefined) return known
  const entitlements = readEntitlements(relatedRecords)
  const merged = new Map<string, MergedRecord>()
  const mergedRecord = (key: string): MergedRecord | undefined => {
    const versions = relatedRecords.get(key)
    if (versions === undefined) return undefined
    let found = merged.get(key)
    if (found === undefined) merged.set(key, (found = mergeVersions(versions, entitlements)))
    return found
  }
  const reader = {
    mergedRecord,
    fold: foldActs({ keys: () => relatedRecords.keys(), mergedRecord }),
  }
  readers.set(relatedRecords, reader)
  return reader
}
