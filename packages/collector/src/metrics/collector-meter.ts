import { WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import type { Accepted } from '../pipeline.ts'
import type { SequencerLevels } from '../sequencer/sequencer-options.ts'
import type { Inserted } from '../wal/segment-inserter.ts'

/** The counts since the collector started, and its present levels. Counts only grow. */
export interface CollectorMetrics extends SequencerLevels {
  readonly requests: number
  readonly requestsInFlight: number
  /** Refused requests by error code. */
  readonly refusals: Readonly<Record<string, number>>
  readonly connectionsDropped: number
  /** Spans and log records of accepted requests: logged, duplicate or rejected. */
  readonly recordsReceived: number
  /** Written to the log and acknowledged. */
  readonly recordsLogged: number
  /** Sent before, and stored once. */
  readonly recordsDuplicate: number
  /** Refused with a partial success: the ledger could not hold their IDs or times. */
  readonly recordsRejected: number
  /** Of these, kept in quarantine; the others are lost, and the answer reported it. */
  readonly recordsQuarantined: number
  /** Attributes, events and links that could not be read and were left out of records, which count them as dropped. */
  readonly partsUnread: number
  /** Taken out of the quarantine by a replay, and logged. */
  readonly recordsReplayed: number
  /** In ClickHouse; includes the records that earlier runs had logged. */
  readonly recordsStored: number
  /** Bytes of the log that ClickHouse has not acknowledged. */
  readonly logBytes: number
  /** Closed segments that ClickHouse has not acknowledged. */
  readonly unstoredSegments: number
  readonly quarantineBytes: number
  readonly quarantineFiles: number
  /** Milliseconds that the inserts which succeeded took. */
  readonly insertMs: Distribution
  /** Milliseconds from a segment's first record to its being stored, when it can be asked about. */
  readonly storedLagMs: Distribution
  /** Milliseconds since the oldest of them came; 0 when there are none. */
  readonly oldestUnstoredAgeMs: number
  /** Inserts that failed and are repeated. */
  readonly insertRetries: number
  /** Of these, those that ClickHouse said it will refuse again: an operator must look. */
  readonly insertRefusals: number
  /** True when the last insert failed. */
  readonly isStoreFailing: boolean
  /** The last problem with the log, the store or the collector itself; '' when there was none. */
  readonly lastError: string
}

interface Levels extends SequencerLevels {
  readonly logBytes: number
  readonly oldestUnstoredAgeMs: number
  readonly unstoredSegments: number
  readonly quarantineBytes: number
  readonly quarantineFiles: number
}

/**
 * The codes that a request is refused with. Each is told from the start, as 0: Prometheus sees no increase in a series whose first
 * value is 1, so that the first refusal would raise no alert.
 */
const refusalCodes = [
  'invalid_body',
  'unsupported_content_type',
  'unsupported_encoding',
  'body_too_large',
  'method_not_allowed',
  'not_found',
  'unauthenticated',
  'forbidden',
  'log_full',
  'log_failed',
  'too_many_requests',
  'internal',
] as const satisfies readonly ErrorCode[]

/** Counts what happens. */
export class CollectorMeter {
  readonly #onEvent: (event: CollectorEvent) => void
  readonly #refusals = new Map<string, number>(refusalCodes.map((code) => [code, 0]))
  readonly #counts = {
    requests: 0,
    connectionsDropped: 0,
    recordsReceived: 0,
    recordsLogged: 0,
    recordsDuplicate: 0,
    recordsRejected: 0,
    recordsQuarantined: 0,
    partsUnread: 0,
    recordsReplayed: 0,
    recordsStored: 0,
    insertRetries: 0,
    insertRefusals: 0,
  }
  readonly #insertMs = new Histogram()
  readonly #storedLagMs = new Histogram()
  #requestsInFlight = 0
  #isStoreFailing = false
  #lastError = ''

  constructor(onEvent: (event: CollectorEvent) => void) {
    this.#onEvent = onEvent
  }

  get requestsInFlight(): number {
    return this.#requestsInFlight
  }

  requestStarted(): void {
    this.#counts.requests += 1
    this.#requestsInFlight += 1
  }

  requestEnded(): void {
    this.#requestsInFlight -= 1
  }

  connectionDropped(): void {
    this.#counts.connectionsDropped += 1
  }

  accepted(accepted: Accepted): void {
    const { appendedCount, duplicateCount, rejection } = accepted
    this.#counts.recordsReceived += appendedCount + duplicateCount + rejection.count
    this.#counts.recordsLogged += appendedCount
    this.#counts.recordsDuplicate += duplicateCount
    this.#counts.recordsRejected += rejection.count
    this.#counts.recordsQuarantined += accepted.quarantinedCount
    this.#counts.partsUnread += accepted.unreadPartCount
  }

  /** Counts a request that failed, and returns the error for its sender: for an internal fault, no details. */
  failed(thrown: unknown): WhodidError {
    const error =
      thrown instanceof WhodidError
        ? thrown
        : new WhodidError('internal', 'the collector failed on this request', { cause: thrown })
    this.#refusals.set(error.code, (this.#refusals.get(error.code) ?? 0) + 1)
    if (error.code === 'internal') {
      const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : 'unknown failure'
      this.problem('internal', why)
    }
    return error
  }

  replayed(spanCount: number): void {
    this.#counts.recordsReplayed += spanCount
  }

  /** Counts a stored segment, and the time since its first record was received. */
  stored({ rowCount, insertMs }: Inserted, lagMs: number): void {
    this.#counts.recordsStored += rowCount
    this.#insertMs.add(insertMs)
    this.#storedLagMs.add(lagMs)
    this.#isStoreFailing = false
  }

  retried(error: WhodidError): void {
    this.#counts.insertRetries += 1
    if (!error.retryable) this.#counts.insertRefusals += 1
    this.#isStoreFailing = true
    this.problem('store_retry', `${error.code}: ${error.message}`)
  }

  problem(kind: CollectorEvent['kind'], message: string): void {
    this.#lastError = message
    this.#onEvent({ kind, message })
  }

  read(levels: Levels): CollectorMetrics {
    return {
      ...this.#counts,
      ...levels,
      requestsInFlight: this.#requestsInFlight,
      refusals: Object.fromEntries(this.#refusals),
      insertMs: this.#insertMs.read(),
      storedLagMs: this.#storedLagMs.read(),
      isStoreFailing: this.#isStoreFailing,
      lastError: this.#lastError,
    }
  }
}

/** An event for the operator, once for each occurrence; a failing disk or store is reported at each attempt. */
export interface CollectorEvent {
  readonly kind: 'log_problem' | 'store_retry' | 'internal'
  /** One sentence; never holds a secret. */
  readonly message: string
}

/** A distribution of values, as a histogram of Prometheus has it. */
export interface Distribution {
  /** Upper bounds, ascending; the last bucket has none. */
  readonly bounds: readonly number[]
  /** The number of values up to each bound, and at the end all of them. */
  readonly cumulativeCounts: readonly number[]
  readonly sum: number
}

/** Milliseconds; from a fast insert to an outage. */
const boundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000, 600_000]

/** Counts durations, in milliseconds, into fixed buckets. */
class Histogram {
  readonly #counts: number[] = Array.from({ length: boundsMs.length + 1 }, () => 0)
  #sum = 0

  add(valueMs: number): void {
    const found = boundsMs.findIndex((bound) => valueMs <= bound)
    const bucket = found === -1 ? boundsMs.length : found
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += valueMs
  }

  read(): Distribution {
    let total = 0
    const cumulativeCounts = this.#counts.map((count) => (total += count))
    return { bounds: boundsMs, cumulativeCounts, sum: this.#sum }
  }
}
