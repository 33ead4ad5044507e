import type { CompletenessAnswer, MissingNumbers } from '@whodid/model'

/** A record of the instance, as far as completeness is concerned; the times in nanoseconds since 1970. */
export interface NumberedRecord {
  /** `<trace>-<span>` */
  readonly span: string
  readonly parent: string
  /** -1 where it has no number. */
  readonly seq: number
  readonly startedNs: bigint
  readonly kind: string
  readonly channel: string
  readonly log: string
  readonly index: number
  /** Of its leaf under the newest checkpoint of its log. */
  readonly state: 'sealed' | 'pending' | 'failed'
  /** -1 where the record says nothing of it. */
  readonly lostBatches: number
}

/** The records of one instance and what is asked of them. */
export interface CompletenessEvidence {
  /** Those of senders that may not speak for the instance are not among them. */
  readonly records: readonly NumberedRecord[]
  readonly isTruncated: boolean
  /** Both included; null for an open end. */
  readonly fromNs: bigint | null
  readonly toNs: bigint | null
  /** By log: the records that its newest checkpoint covers. */
  readonly sealedSizes: ReadonlyMap<string, number>
  readonly instantOf: (unixNs: bigint) => string
}

type Reason = CompletenessAnswer['reasons'][number]
type Judged = Omit<CompletenessAnswer, 'instance' | 'from' | 'to' | 'cost'>

/** The reasons that show a loss; the others leave it open. */
const losses: ReadonlySet<Reason['code']> = new Set([
  'numbers_missing',
  'loss_reported',
  'not_as_sealed',
])
/** Runs of missing numbers that one answer lists. */
const missingMax = 100

/**
 * Judges whether the record of an instance is whole over a time. Numbers count up from 1 with each record of an instance, so a
 * hole is a record that never came; the hole lies within the time when the records around it say that it may. The end of the
 * run, or a numbered record behind the time, shows that nothing is left at its end.
 */
export function judgeCompleteness(evidence: CompletenessEvidence): Judged {
  const facts = factsOf(evidence)
  const { within, inWindow, missing, missingTotal, unnumbered, ended, lostBatches } = facts
  const reasons = reasonsOf(facts)
  const verdict = verdictOf(reasons)
  return {
    verdict,
    summary: summaryOf(verdict, { reasons, count: inWindow.length, missingTotal }),
    reasons,
    records: inWindow.length,
    records_without_number: unnumbered.length,
    first_number: inWindow[0]?.seq ?? null,
    last_number: inWindow.at(-1)?.seq ?? null,
    missing: missing.slice(0, missingMax),
    missing_total: missingTotal,
    ended: ended?.span ?? null,
    lost_batches: lostBatches < 0 ? null : lostBatches,
    sealed: facts.sealed,
    logs: logsOf(within, evidence.sealedSizes),
  }
}

/** What the records show, before it is judged. */
function factsOf(evidence: CompletenessEvidence) {
  const { records, isTruncated } = evidence
  const within = records.filter((record) => isWithin(record, evidence))
  const numbered = bySequence(records)
  const missing = missingOf(numbered, evidence)
  const ofState = (state: NumberedRecord['state']): number =>
    within.filter((record) => record.state === state).length
  return {
    isTruncated,
    within,
    inWindow: numbered.filter((record) => isWithin(record, evidence)),
    missing,
    missingTotal: missing.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    unnumbered: within.filter(({ seq }) => seq < 1),
    ended: endOf(records),
    goesOn: goesOnAfter(numbered, evidence),
    lostBatches: Math.max(-1, ...records.map((record) => record.lostBatches)),
    sealed: ofState('sealed'),
    altered: ofState('failed'),
    pending: ofState('pending'),
  }
}

function reasonsOf(facts: ReturnType<typeof factsOf>): Reason[] {
  const { within, inWindow, missingTotal, unnumbered, lostBatches, altered, pending } = facts
  return [
    ...wantOf(
      within.length === 0,
      'no_record',
      'No record of a sender that may speak for it names the instance within this time.',
    ),
    ...wantOf(facts.isTruncated, 'truncated', 'The instance has more records than were looked at.'),
    ...wantOf(
      within.length > 0 && inWindow.length === 0,
      'not_numbered',
      'Its sender numbers no records, so that a missing one cannot be told.',
    ),
    ...wantOf(
      missingTotal > 0,
      'numbers_missing',
      `${missingTotal} numbers have no record: what they stood for never came.`,
    ),
    ...wantOf(
      lostBatches > 0,
      'loss_reported',
      `The launcher says that ${lostBatches} batches could not be delivered.`,
    ),
    ...wantOf(
      hasRepeated(inWindow),
      'numbers_repeated',
      'Two records have one number: more than one process numbered them.',
    ),
    ...wantOf(
      inWindow.length > 0 && unnumbered.length > 0,
      'records_without_number',
      `${unnumbered.length} records have no number: of their kind a missing one cannot be told.`,
    ),
    ...wantOf(
      within.some(({ channel }) => channel !== 'entitled'),
      'sender_not_bound',
      'Records come from a sender whose token is bound to no actor.',
    ),
    ...wantOf(
      inWindow.length > 0 && facts.ended === undefined && !facts.goesOn,
      'not_ended',
      'The end of the run is not on record: later records may still come, or never came.',
    ),
    ...wantOf(
      altered > 0,
      'not_as_sealed',
      `${altered} records are not what was sealed: do not rely on them.`,
    ),
    ...wantOf(pending > 0, 'unsealed', `No checkpoint covers ${pending} of the records yet.`),
  ]
}

function wantOf(isSo: boolean, code: Reason['code'], text: string): Reason[] {
  return isSo ? [{ code, text }] : []
}

function verdictOf(reasons: readonly Reason[]): Judged['verdict'] {
  if (reasons.length === 0) return 'complete'
  return reasons.some(({ code }) => losses.has(code)) ? 'incomplete' : 'unknown'
}

function summaryOf(
  verdict: Judged['verdict'],
  {
    reasons,
    count,
    missingTotal,
  }: { readonly reasons: readonly Reason[]; readonly count: number; readonly missingTotal: number },
): string {
  if (verdict === 'complete')
    return `Complete: all ${count} numbered records are there and sealed, and the end is known.`
  const said = reasons.find(({ code }) => verdict === 'unknown' || losses.has(code))?.text ?? ''
  return verdict === 'incomplete' && missingTotal > 0
    ? `Incomplete: ${missingTotal} of the numbered records never came.`
    : `${verdict === 'incomplete' ? 'Incomplete' : 'Not known to be complete'}: ${said}`
}

function isWithin(
  { startedNs }: NumberedRecord,
  { fromNs, toNs }: Pick<CompletenessEvidence, 'fromNs' | 'toNs'>,
): boolean {
  return (fromNs === null || startedNs >= fromNs) && (toNs === null || startedNs <= toNs)
}

/** The numbered records, each once: a span may have arrived twice. */
function bySequence(records: readonly NumberedRecord[]): NumberedRecord[] {
  const once = new Map(records.map((record) => [`${record.span} ${record.seq}`, record]))
  return [...once.values()].filter(({ seq }) => seq >= 1).toSorted((a, b) => a.seq - b.seq)
}

function missingOf(
  numbered: readonly NumberedRecord[],
  evidence: CompletenessEvidence,
): MissingNumbers[] {
  const { instantOf } = evidence
  return numbered.flatMap((after, place) => {
    const before = numbered[place - 1]
    const from = (before?.seq ?? 0) + 1
    if (after.seq <= from || !mayBeWithin([before ?? after, after], evidence)) return []
    return [
      {
        from,
        to: after.seq - 1,
        after: before?.span ?? null,
        before: after.span,
        earliest_at: before === undefined ? null : instantOf(before.startedNs),
        latest_at: instantOf(after.startedNs),
      },
    ]
  })
}

/** True when a number between those of two records may have been given within the time. Calls that run beside each other begin in any order. */
function mayBeWithin(
  around: readonly [NumberedRecord, NumberedRecord],
  { fromNs, toNs }: CompletenessEvidence,
): boolean {
  const begins = around.map(({ startedNs }) => startedNs)
  const isBefore = fromNs !== null && begins.every((ns) => ns < fromNs)
  const isAfter = toNs !== null && begins.every((ns) => ns > toNs)
  return !isBefore && !isAfter
}

function hasRepeated(numbered: readonly NumberedRecord[]): boolean {
  return numbered.some((record, index) => {
    const before = numbered[index - 1]
    return before !== undefined && before.seq === record.seq && before.span !== record.span
  })
}

/** The record of the run's end: a session record below another one of the instance. */
function endOf(records: readonly NumberedRecord[]): NumberedRecord | undefined {
  const sessions = records.filter(({ kind }) => kind === 'session')
  const begun = new Set(sessions.map(({ span }) => span))
  return sessions.findLast(({ parent }) => begun.has(parent))
}

/** True when a numbered record begins after the time: what came before it is then numbered too. */
function goesOnAfter(numbered: readonly NumberedRecord[], { toNs }: CompletenessEvidence): boolean {
  return toNs !== null && numbered.some(({ startedNs }) => startedNs > toNs)
}

function logsOf(
  records: readonly NumberedRecord[],
  sealedSizes: ReadonlyMap<string, number>,
): Judged['logs'] {
  const logs = new Map<string, { first: number; last: number }>()
  for (const { log, index } of records) {
    const known = logs.get(log)
    if (known === undefined) logs.set(log, { first: index, last: index })
    else logs.set(log, { first: Math.min(known.first, index), last: Math.max(known.last, index) })
  }
  return [...logs].map(([log, { first, last }]) => ({
    log,
    first_index: first,
    last_index: last,
    size: sealedSizes.get(log) ?? 0,
  }))
}
