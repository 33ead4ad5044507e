import { randomBytes } from 'node:crypto'
import type { ContentKeys } from '@whodid/content'
import { formatInstant, WhodidError } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { ContentEraser, RecordPruner } from '@whodid/store'
import { acceptLoss } from './accept-loss.ts'
import type { AcceptedLossAct } from './accept-loss.ts'
import { finishJob, recordsOf } from './finish-job.ts'
import { holdsMax, openRetentionFiles } from './retention-files.ts'
import type { RetentionFiles, RetentionJob, Hold } from './retention-files.ts'
import { refuseOtherLogs } from './refuse-other-logs.ts'
import { newAct } from './new-act.ts'
import type { RetentionRequest } from './new-act.ts'
import { retentionRecord } from './retention-record.ts'

/** The parts that the service uses. The caller opens and closes all of them. */
export interface RetentionDeps {
  readonly keys: ContentKeys
  /** Directory of the service's own files, apart from the database. */
  readonly dir: string
  /** Appends records to the ledger; resolves when they are durable. */
  readonly record: (records: readonly LedgerRecord[]) => Promise<unknown>
  /** Resolves when every record that is acknowledged now is in ClickHouse, or when that takes too long. */
  readonly stored: () => Promise<void>
  readonly eraser: ContentEraser
  readonly pruner: RecordPruner
  /**
   * The logs whose trees this service holds: what is deleted of them by age is excused by its record. Default: of every log in the
   * database.
   */
  readonly knownLogs?: (() => Promise<readonly string[]>) | undefined
  /** Nanoseconds since 1970. */
  readonly now: () => bigint
}

/** A package of evidence that is handed out. */
export interface ExportedEvidence {
  /** The handle that was asked about. */
  readonly of: string
  /** SHA-256 of the bytes that are handed out, hex. */
  readonly sha256: string
  /** A whole package, or the list of records that an answer in one was decided from. Default: a package. */
  readonly kind?: 'export' | 'evidence'
}

/** The result of an act that removes evidence. */
export interface RemovalOutcome {
  /** The act's first record in the ledger, `<trace>-<span>`. */
  readonly record: string
  /** Keys destroyed. */
  readonly keys: number
  /** True when all of it is gone from the database; else removal is repeated until it is. The keys are destroyed either way. */
  readonly done: boolean
}

/**
 * Removes evidence that must be removed, and none that a hold protects: erasure by subject, expiry and pruning by age, legal
 * holds by case. Every act is on record before it is carried out. May be called concurrently; acts run one at a time.
 */
export interface RetentionService {
  /**
   * Destroys the keys of a subject's text and deletes the text. Throws `under_hold`. Safe to repeat: a subject without
   * text makes a record and destroys nothing.
   */
  erase(subject: string, request: RetentionRequest): Promise<RemovalOutcome>
  /**
   * Deletes the text of records received before a time. Throws `under_hold` while any hold stands, and `ledger_shared` when some of those
   * records are of a log that is not known: its service would take what is gone for tampering.
   */
  expire(beforeUnixNs: bigint, request: RetentionRequest): Promise<RemovalOutcome>
  /** Drops the records of whole months before a time, with their text. Throws as {@link expire}. */
  prune(beforeUnixNs: bigint, request: RetentionRequest): Promise<RemovalOutcome>
  /** Places a hold; placing it again changes nothing and is recorded. */
  hold(subject: string, request: RetentionRequest): Promise<Hold>
  /** Releases every hold of a case. Throws `not_found` when there is none. */
  release(request: RetentionRequest): Promise<readonly Hold[]>
  holds(tenant: string): Promise<readonly Hold[]>
  /**
   * Records that evidence about a handle is handed out, a package or its records, of this SHA-256 (hex); resolves with the
   * record, `<trace>-<span>`, once it is durable. The package may leave only then.
   */
  exported(evidence: ExportedEvidence, request: RetentionRequest): Promise<string>
  /** Records that a loss of records is accepted; resolves with the record, `<trace>-<span>`, once it is durable. Does NOT check the loss. */
  acceptLoss(loss: AcceptedLossAct, request: RetentionRequest): Promise<string>
  /** Returns the time before which text was deleted by age; nanoseconds since 1970. */
  readonly expiredBefore: () => bigint
  /** Goes on with the jobs that a crash or an absent ClickHouse left undone; resolves with the number that still are. */
  resume(): Promise<number>
}

/** Opens the service. Does NOT resume by itself: call {@link RetentionService.resume} once records can be taken. */
export async function openRetentionService(ports: RetentionDeps): Promise<RetentionService> {
  const files = await openRetentionFiles(ports.dir)
  const state: State = { ports, files, expiredBefore: await files.expiredBefore() }
  let last: Promise<unknown> = Promise.resolve()
  // One at a time: a hold that is being placed is seen by the erasure behind it.
  const inTurn = <Result>(act: () => Promise<Result>): Promise<Result> => {
    const run = last.then(act, act)
    last = run.catch(() => undefined)
    return run
  }
  return {
    erase: (subject, request) => inTurn(() => erase(state, subject, request)),
    expire: (before, request) => inTurn(() => removeByAge(state, 'expiry', { before, request })),
    prune: (before, request) => inTurn(() => removeByAge(state, 'prune', { before, request })),
    hold: (subject, request) => inTurn(() => hold(state, subject, request)),
    release: (request) => inTurn(() => release(state, request)),
    holds: async (tenant) => (await files.holds()).filter((held) => held.tenant === tenant),
    // Removes nothing, so that it need not wait for its turn.
    exported: (evidence, request) => exported(state, evidence, request),
    acceptLoss: (loss, request) => acceptLoss(ports, loss, request),
    expiredBefore: () => state.expiredBefore,
    resume: () => inTurn(() => resume(state)),
  }
}

interface State {
  readonly ports: RetentionDeps
  readonly files: RetentionFiles
  expiredBefore: bigint
}

async function erase(
  state: State,
  subject: string,
  request: RetentionRequest,
): Promise<RemovalOutcome> {
  const { keys, eraser } = state.ports
  const subjects = [subject, ...(await eraser.instancesOnlyOf(request.tenant, subject))]
  const holds = await state.files.holds()
  const held = holds.find(
    (one) =>
      one.tenant === request.tenant && (one.subject === '' || subjects.includes(one.subject)),
  )
  if (held !== undefined) throw underHold(held)
  const ids = await Promise.all(subjects.map((name) => keys.liveIdOf(request.tenant, name)))
  const keyIds = ids.filter((id) => id !== undefined)
  return run(state, { ...newJob('erasure', request, state), keyIds })
}

interface ByAge {
  readonly before: bigint
  readonly request: RetentionRequest
}

async function removeByAge(
  state: State,
  kind: 'expiry' | 'prune',
  { before, request }: ByAge,
): Promise<RemovalOutcome> {
  const [held] = await state.files.holds()
  if (held !== undefined) throw underHold(held)
  const { pruner, now } = state.ports
  if (before > now())
    throw new WhodidError(
      'invalid_time',
      `"before" expected a time that has passed; got "${formatInstant(before)}"`,
    )
  const cut = kind === 'prune' ? startOfMonth(before) : before
  await refuseOtherLogs(state.ports, cut)
  const minIndexes = kind === 'prune' ? await pruner.firstIndexesFrom(cut) : {}
  return run(state, { ...newJob(kind, request, state), beforeUnixNs: `${cut}`, minIndexes })
}

/** Records the job, then does it. */
async function run(state: State, job: RetentionJob): Promise<RemovalOutcome> {
  const [first] = recordsOf(job)
  // From here on `resume` handles a crash: the record is made once, and the rest is safe to repeat.
  await state.files.addJob(job)
  const done = await finish(state, job)
  return {
    record: first === undefined ? '' : `${first.traceIdHex}-${first.spanIdHex}`,
    keys: job.keyIds.length,
    done,
  }
}

async function finish(state: State, job: RetentionJob): Promise<boolean> {
  if (job.kind !== 'erasure') {
    const before = BigInt(job.beforeUnixNs)
    if (before > state.expiredBefore) {
      await state.files.writeExpiredBefore(before)
      state.expiredBefore = before
    }
  }
  const done = await finishJob(job, state.ports)
  if (done) await state.files.removeJob(job.id)
  return done
}

async function resume(state: State): Promise<number> {
  let left = 0
  for (const job of await state.files.jobs()) if (!(await finish(state, job))) left += 1
  return left
}

async function hold(state: State, subject: string, request: RetentionRequest): Promise<Hold> {
  const { files, ports } = state
  const present = await files.holds()
  const placed: Hold = {
    case_id: request.caseId,
    tenant: request.tenant,
    subject,
    reason: request.reason,
    placed_by: request.requestedBy,
    placed_at: formatInstant(ports.now()),
  }
  const isSame = (one: Hold): boolean =>
    one.case_id === placed.case_id && one.tenant === placed.tenant && one.subject === subject
  if (present.length >= holdsMax && !present.some(isSame))
    throw new WhodidError('invalid_parameter', `expected at most ${holdsMax} holds`)
  // Placed first, recorded then: a crash in between leaves a hold without its record, not the reverse.
  if (!present.some(isSame)) await files.writeHolds([...present, placed])
  await ports.record([
    retentionRecord({ ...newAct('hold', request, ports.now()), more: { subject } }),
  ])
  return present.find(isSame) ?? placed
}

async function release(state: State, request: RetentionRequest): Promise<readonly Hold[]> {
  const { files, ports } = state
  const present = await files.holds()
  const isOfCase = (one: Hold): boolean =>
    one.case_id === request.caseId && one.tenant === request.tenant
  const released = present.filter(isOfCase)
  if (released.length === 0)
    throw new WhodidError('not_found', `there is no hold of case "${request.caseId}"`)
  // Recorded first, so that every release is in the ledger.
  await ports.record([retentionRecord(newAct('release', request, ports.now()))])
  await files.writeHolds(present.filter((one) => !isOfCase(one)))
  return released
}

async function exported(
  state: State,
  { of, sha256, kind = 'export' }: ExportedEvidence,
  request: RetentionRequest,
): Promise<string> {
  const resourceId = `whodid:${kind}:${sha256}`
  const record = retentionRecord({
    ...newAct(kind, request, state.ports.now()),
    resourceId,
    more: { of },
  })
  await state.ports.record([record])
  return `${record.traceIdHex}-${record.spanIdHex}`
}

function newJob(
  kind: RetentionJob['kind'],
  { tenant, requestedBy, reason, caseId }: RetentionRequest,
  { ports }: State,
): RetentionJob {
  return {
    id: randomBytes(8).toString('hex'),
    kind,
    tenant,
    atUnixNs: `${ports.now()}`,
    traceIdHex: randomBytes(16).toString('hex'),
    requestedBy,
    reason,
    caseId,
    keyIds: [],
    beforeUnixNs: '0',
    minIndexes: {},
  }
}

function underHold(held: Hold): WhodidError {
  const what = held.subject === '' ? 'everything' : 'this subject'
  return new WhodidError('under_hold', `case "${held.case_id}" holds ${what}`)
}

function startOfMonth(unixNs: bigint): bigint {
  const date = new Date(Number(unixNs / 1_000_000n))
  return BigInt(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)) * 1_000_000n
}
