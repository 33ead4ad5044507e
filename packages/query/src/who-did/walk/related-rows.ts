import { attribute, hasPart, nameKey } from '@whodid/model'
import type { NamedClaim, TracePlace } from '@whodid/store'
import { sealedBeginning } from '../evidence/evidence-columns.ts'
import { textBlocksMax, claimsMax, relatedTracesMax } from '../evidence/sql.ts'
import { relatedRecordsMax } from '../evidence/evidence.ts'
import type { EvidenceRow } from '../evidence/evidence.ts'
import type { ListedAction } from '../evidence/evidence-record.ts'
import { textOf, traceKey } from './point-source.ts'
import type { PointSource } from './point-source.ts'
import { unixNsOf } from './walked-record.ts'
import type { WalkedRecord } from './walked-record.ts'

/** The act that records are gathered around, and the time of receipt up to which they count. */
interface Center {
  readonly trace: string
  readonly span: string
  readonly startUnixNs: bigint
  readonly asRecorded: bigint | null
}

/**
 * Gathers by point reads the rows that the statement of `sql.ts` gives around an act: the records of its trace and of traces
 * nearby, the claims on the trace's instances, and the texts of prompts and plans. Undefined where there is more than point
 * reads return. Throws the errors of `PointReader`.
 */
export async function relatedRows(
  source: PointSource,
  { key, ts }: Pick<ListedAction, 'key' | 'ts'>,
  asRecorded: bigint | null,
): Promise<EvidenceRow[] | undefined> {
  const center = {
    trace: key.slice(0, 32),
    span: key.slice(33),
    startUnixNs: unixNsOf(ts),
    asRecorded,
  }
  const own = await ownRecords(source, center)
  if (own === undefined) return undefined
  const ownKeys = distinct(own.flatMap(instanceKeys))
  const [near, claims] = await Promise.all([
    nearRecords(source, center, own),
    claimsOn(source, ownKeys, asRecorded),
    source.textBlocks(refsOf(own, center)),
  ])
  if (near === undefined || claims === undefined) return undefined
  const records = near
    .filter(({ receivedUnixNs }) => asRecorded === null || receivedUnixNs <= asRecorded)
    .toSorted(nearestFirst(center))
  const textBlocks = await source.textBlocks(refsOf(records, center))
  return [
    ...distinctVersions(records)
      .slice(0, relatedRecordsMax + 1)
      .map((record) => record.kin()),
    ...claimRows(claims, ownKeys, asRecorded),
    ...(textBlocks ?? []).map(({ ref, sealed }): EvidenceRow => ({
      role: 'text_block',
      record: JSON.stringify([ref, sealed.toString('base64')]),
    })),
  ]
}

/**
 * Returns the records of the act's trace. Those that were found by another name are all of them but for other hours: what they
 * lead to and the hours of the trace are asked for together.
 */
async function ownRecords(
  source: PointSource,
  center: Center,
): Promise<readonly WalkedRecord[] | undefined> {
  const { trace } = center
  const known = source.known(trace)
  if (known.length === 0) return source.recordsUnder('trace', trace)
  const up = distinct([traceKey(trace), ...known.flatMap(upKeys)])
  const [all] = await Promise.all([
    source.names(distinct([...up, ...known.flatMap(instanceKeys)])),
    source.textBlocks(refsOf(known, center)),
  ])
  // An instance may occur in more traces than a point read returns; what leads outwards then need not.
  const places = all ?? (await source.names(up))
  return places && source.records(places.filter((place) => place.trace === trace))
}

/** Returns the keys that lead outwards from a record, as `whodid.threads` has them in `up`. */
function upKeys({ trace, columns }: WalkedRecord): bigint[] {
  const chain = columns['delegation_chain']
  const parents: unknown[] = Array.isArray(chain) ? chain.slice(0, -1) : []
  const prompt = textIn(columns['prompt_ref']).slice(0, 32)
  return [
    traceKey(trace),
    ...keysOf('correlation', [columns['correlation_id']]),
    ...keysOf('instance', [columns['instance_parent_id'], ...parents]),
    ...keysOf('delegation', [columns['delegation_id'], columns['delegation_parent_id']]),
    ...keysOf('trace', [prompt]),
  ]
}

/** Returns the key of the instance that acts in a record. */
function instanceKeys({ columns }: WalkedRecord): bigint[] {
  return keysOf('instance', [columns['instance_id']])
}

function keysOf(kind: string, names: readonly unknown[]): bigint[] {
  return names.flatMap((name) => (textIn(name) === '' ? [] : [nameKey(kind, textIn(name))]))
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/**
 * Returns the records of the act's trace and of those that its names lead to, two steps outwards: nothing further is asked
 * where the first step leads nowhere else.
 */
async function nearRecords(
  source: PointSource,
  center: Center,
  own: readonly WalkedRecord[],
): Promise<readonly WalkedRecord[] | undefined> {
  const up = distinct(own.flatMap(upKeys))
  const first = await source.names(up)
  if (first === undefined) return undefined
  const others = distinct(first.map(({ trace }) => trace)).filter((trace) => trace !== center.trace)
  if (others.length === 0) return source.records(nearestPlaces(first, center))
  const theirs = await Promise.all(
    others.slice(0, relatedTracesMax).map((trace) => source.recordsUnder('trace', trace)),
  )
  if (theirs.some((records) => records === undefined)) return undefined
  const outward = theirs.flatMap((records) => records?.flatMap(upKeys) ?? [])
  const further = await source.names(distinct([...up, ...outward]))
  return further && source.records(nearestPlaces(further, center))
}

/** Returns the places that are looked at: the act's own trace first, then by their distance in time. */
function nearestPlaces(places: readonly TracePlace[], center: Center): TracePlace[] {
  const known = new Map(places.map((place) => [textOf(place), place]))
  if (known.size <= relatedTracesMax) return [...known.values()]
  const seconds = Number(center.startUnixNs / 1_000_000_000n)
  const distanceOf = (place: TracePlace): number =>
    place.trace === center.trace ? -1 : Math.abs(place.hour - seconds)
  return [...known.values()]
    .toSorted((a, b) => distanceOf(a) - distanceOf(b))
    .slice(0, relatedTracesMax)
}

const contextKinds: ReadonlySet<unknown> = new Set(['session', 'prompt', 'plan', 'delegation'])

/** The order in which records are kept: the act, what explains acts, its own trace, then by the distance in time. */
function nearestFirst(center: Center): (a: WalkedRecord, b: WalkedRecord) => number {
  const isAct = ({ trace, span }: WalkedRecord): number =>
    Number(trace === center.trace && span === center.span)
  const isContext = ({ columns }: WalkedRecord): number =>
    Number(contextKinds.has(columns['record_kind']) || columns['input_source'] !== '')
  const isOwn = ({ trace }: WalkedRecord): number => Number(trace === center.trace)
  return (a, b) =>
    isAct(b) - isAct(a) ||
    isContext(b) - isContext(a) ||
    isOwn(b) - isOwn(a) ||
    compare(distanceOf(a, center), distanceOf(b, center)) ||
    compare(a.receivedUnixNs, b.receivedUnixNs)
}

function distanceOf({ startUnixNs }: WalkedRecord, center: Center): bigint {
  const distance = startUnixNs - center.startUnixNs
  return distance < 0n ? -distance : distance
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** The columns by which two records of one span are two versions. */
const versionColumns = [
  'channel',
  'exporter',
  'actor_type',
  'instance_id',
  'template_id',
  'delegator_id',
  'user_id',
  'ts',
  'outcome',
  'verb',
  'tool_name',
  'resource_id',
  'commitment',
]

/** The collector's finding about a record's seal: a copy without it, which came first, does not stand for the record. */
function sealOf({ columns }: WalkedRecord): readonly unknown[] {
  const text = textIn(columns['attributes'])
  if (!text.startsWith(sealedBeginning)) return []
  // The collector writes an object.
  const attributes = JSON.parse(text) as Readonly<Record<string, unknown>>
  return [attribute.sealResult, attribute.sealToken, attribute.sealClaims].map(
    (key) => attributes[key],
  )
}

function distinctVersions(records: readonly WalkedRecord[]): WalkedRecord[] {
  const seen = new Map<string, Set<string>>()
  return records.filter((record) => {
    const span = `${record.trace}${record.span}`
    const versionOf = versionColumns.map((column) => record.columns[column])
    const mark = JSON.stringify([...versionOf, ...sealOf(record)])
    const marks = seen.get(span)
    if (marks === undefined) seen.set(span, new Set([mark]))
    else if (marks.has(mark)) return false
    else marks.add(mark)
    return true
  })
}

/** Returns the names of the blocks of texts of prompts and plans, those of the act's own trace first, then the nearest. */
function refsOf(records: readonly WalkedRecord[], center: Center): string[] {
  const { asRecorded, trace } = center
  const holding = records.filter(({ columns, receivedUnixNs }) => {
    const kind = columns['record_kind']
    const isKnown = asRecorded === null || receivedUnixNs <= asRecorded
    const isQuoted = kind === 'prompt' || kind === 'plan'
    return isKnown && isQuoted && hasPart(Number(columns['text_at']), 'content')
  })
  const ordered = holding.toSorted(
    (a, b) =>
      Number(b.trace === trace) - Number(a.trace === trace) ||
      compare(distanceOf(a, center), distanceOf(b, center)),
  )
  const refs = ordered.map(({ columns }) => String(columns['text_block']))
  return distinct(refs).slice(0, textBlocksMax)
}

/** Returns the claims on some instances. One that acts in many traces has its claims counted inside the engine. */
async function claimsOn(
  source: PointSource,
  keys: readonly bigint[],
  asRecorded: bigint | null,
): Promise<readonly NamedClaim[] | undefined> {
  return (await source.names(keys)) ?? source.firstNames(keys, asRecorded)
}

/** Returns the first claim of each instance by each template and exporter, earliest first. */
function claimRows(
  places: readonly NamedClaim[],
  keys: readonly bigint[],
  asRecorded: bigint | null,
): EvidenceRow[] {
  const claiming = new Set(keys)
  const first = new Map<string, NamedClaim>()
  for (const place of places) {
    const { key, template, exporter, receivedUnixMs } = place
    if (!claiming.has(key)) continue
    if (asRecorded !== null && receivedUnixMs * 1_000_000n > asRecorded) continue
    const mark = JSON.stringify([String(key), template, exporter])
    const known = first.get(mark)
    if (known === undefined || receivedUnixMs < known.receivedUnixMs) first.set(mark, place)
  }
  return [...first.values()]
    .toSorted((a, b) => compare(a.receivedUnixMs, b.receivedUnixMs))
    .slice(0, claimsMax)
    .map(({ key, template, exporter, receivedUnixMs }) => ({
      role: 'claimed',
      record: JSON.stringify([String(key), template, exporter, millisecondText(receivedUnixMs)]),
    }))
}

/** Writes a time as the engine writes one of milliseconds. */
function millisecondText(unixMs: bigint): string {
  return new Date(Number(unixMs)).toISOString().replace('T', ' ').replace('Z', '')
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)]
}
