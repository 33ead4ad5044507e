import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { Config, Loss, LossReason } from '../config.ts'
import type { Poster, PostResult } from './post-spans.ts'
import { pause, within } from './pause.ts'
import { runOutsideScope } from '../context/scope.ts'
import type { Sealer } from '../seal/sealer.ts'

/** Bytes a record costs beside its text: keys, numbers, and the objects that hold them. */
const spanBytesBase = 1024
/** Entries at the front of the array that are done with before they are cut off. */
const compactionMin = 4096

/** Receives the events of the queue. None of its functions may throw. */
export interface QueueListener {
  onLoss(loss: Loss): void
  /** A request was acknowledged. */
  onAcknowledged(): void
  /** A request failed and will be tried again. */
  onFailed(detail: string, pending: number): void
}

/** The counts of the queue so far. */
export interface QueueState {
  /** Records handed to the queue. */
  recorded: number
  /** Records that the collector has acknowledged. */
  exported: number
  readonly dropped: Record<LossReason, number>
  lastError: string
  lastExportUnixMs: number
}

export function emptyQueueState(): QueueState {
  return {
    recorded: 0,
    exported: 0,
    dropped: { queueFull: 0, rejected: 0, undelivered: 0 },
    lastError: '',
    lastExportUnixMs: 0,
  }
}

/**
 * Holds ended records until the collector has acknowledged them, in order, within bounds.
 *
 * One request is under way at a time; a record leaves the queue when it is acknowledged or refused, not when it is sent. A
 * record that finds the queue full is lost, and counted. OpenTelemetry's own batch processor loses silently, hence this one.
 */
export class ExportQueue implements SpanProcessor {
  readonly state: QueueState = emptyQueueState()
  readonly #config: Config
  readonly #poster: Poster
  readonly #listener: QueueListener
  readonly #sealer: Sealer | undefined
  #entries: ReadableSpan[] = []
  /** Estimated bytes of each entry. */
  #sizes: number[] = []
  /** Entries before this index are done with. */
  #head = 0
  #bytes = 0
  #pumping: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  #failures = 0
  /** Before this instant only `flush` and a blocking intent try again. */
  #nextAttemptUnixMs = 0
  /** An intent timed out and nothing has been acknowledged since: others do not wait as well. */
  #stalled = false
  #closed = false
  readonly #waiting = new Map<string, (recorded: boolean) => void>()

  constructor(
    config: Config,
    poster: Poster,
    { listener, sealer }: { readonly listener: QueueListener; readonly sealer: Sealer | undefined },
  ) {
    this.#config = config
    this.#poster = poster
    this.#listener = listener
    this.#sealer = sealer
  }

  get pending(): number {
    return this.#entries.length - this.#head
  }

  /** True when the last request failed and nothing has been acknowledged since. */
  get failing(): boolean {
    return this.#failures > 0
  }

  onStart(): void {
    // Everything is known, and counted, at the end of a span.
  }

  onEnd(span: ReadableSpan): void {
    this.state.recorded += 1
    const bytes = spanBytes(span)
    const { queueSpansMax, queueBytesMax } = this.#config.limits
    if (this.#closed || this.pending >= queueSpansMax || this.#bytes + bytes > queueBytesMax) {
      this.#settle([span], false)
      this.#lose('queueFull', 1, this.#closed ? 'the SDK is shut down' : this.state.lastError)
      return
    }
    this.#entries.push(span)
    this.#sizes.push(bytes)
    this.#bytes += bytes
    if (this.pending >= this.#config.limits.batchSpansMax) this.#schedule(0)
    else this.#schedule(this.#config.limits.scheduledDelayMs)
  }

  /**
   * Resolves whether the collector acknowledged the record with this span ID within `timeoutMs`. Call it before the
   * record ends. With `patient` false it does not wait for a collector that is known to be out of reach.
   */
  confirm(spanId: string, timeoutMs: number, patient: boolean): Promise<boolean> {
    const hopeless = this.#stalled || (this.failing && Date.now() < this.#nextAttemptUnixMs)
    if (!patient && hopeless) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(spanId)
        this.#stalled = true
        resolve(false)
      }, timeoutMs)
      this.#waiting.set(spanId, (recorded) => {
        clearTimeout(timer)
        this.#waiting.delete(spanId)
        resolve(recorded)
      })
      // After this turn of the loop, so that the intents of parallel calls share one request.
      runOutsideScope(() => setImmediate(() => void this.#pump()))
    })
  }

  /** Sends what is pending, again and again if need be, for at most `timeoutMs`. Resolves whether all was acknowledged or refused. */
  async flush(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs
    while (this.pending > 0) {
      const left = deadline - Date.now()
      if (left <= 0) return false
      const sent = await within(this.#pump(), left)
      if (!sent && this.pending > 0)
        await pause(Math.min(this.#config.limits.retryDelayMs, deadline - Date.now()))
    }
    return true
  }

  /** Returns the first of some records: as many as one request may hold seals for. */
  fitting(spans: ReadableSpan[]): ReadableSpan[] {
    return this.#sealer === undefined ? spans : spans.slice(0, this.#sealer.fittingCount(spans))
  }

  /** Returns records as they are sent: sealed where they can be. */
  sealed(batch: ReadableSpan[]): ReadableSpan[] {
    return this.#sealer?.seal(batch) ?? batch
  }

  /** Takes what is still pending out of the queue, for the last delivery before the process ends. */
  takePending(): ReadableSpan[] {
    const rest = this.#entries.slice(this.#head)
    this.#entries = []
    this.#sizes = []
    this.#head = 0
    this.#bytes = 0
    return rest
  }

  /** Counts what the last delivery did with what {@link takePending} gave it. */
  settleTaken(delivered: number, undelivered: number, detail: string): void {
    this.state.exported += delivered
    if (undelivered > 0) this.#lose('undelivered', undelivered, detail)
  }

  forceFlush(): Promise<void> {
    return this.flush(this.#config.limits.exportTimeoutMs).then(() => undefined)
  }

  /** Ends the queue: what is pending is lost, and counted. Flush first. */
  shutdown(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    const rest = this.takePending()
    this.#settle(rest, false)
    if (rest.length > 0) this.#lose('undelivered', rest.length, this.state.lastError)
    this.#poster.close()
    return Promise.resolve()
  }

  #schedule(delayMs: number): void {
    if (this.#pumping !== undefined || this.#closed) return
    const wait = Math.max(delayMs, this.#nextAttemptUnixMs - Date.now())
    if (this.#timer !== undefined) {
      if (wait > 0) return
      clearTimeout(this.#timer)
    }
    this.#timer = runOutsideScope(() =>
      setTimeout(() => {
        this.#timer = undefined
        void this.#pump()
      }, wait),
    )
    this.#timer.unref()
  }

  /** Sends until nothing is pending or a request fails. Resolves false when one failed. */
  #pump(): Promise<boolean> {
    this.#pumping ??= runOutsideScope(() => this.#drain()).finally(() => {
      this.#pumping = undefined
      if (this.pending > 0) this.#schedule(this.#config.limits.scheduledDelayMs)
    })
    return this.#pumping
  }

  async #drain(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    let batchMax = this.#config.limits.batchSpansMax
    while (this.pending > 0 && !this.#closed) {
      const batch = this.fitting(this.#entries.slice(this.#head, this.#head + batchMax))
      const result = await this.#post(batch)
      // The last delivery has taken the entries over meanwhile.
      if (this.#entries[this.#head] !== batch[0]) return true
      if (result.kind === 'failed') return this.#failed(result)
      if (result.kind === 'refused' && result.status === 413 && batch.length > 1) {
        batchMax = Math.ceil(batch.length / 2)
        continue
      }
      this.#finish(batch, result)
    }
    return true
  }

  async #post(batch: ReadableSpan[]): Promise<PostResult> {
    try {
      await this.#sealer?.prepare(batch)
      const body = ProtobufTraceSerializer.serializeRequest(this.sealed(batch))
      if (body === undefined) return { kind: 'refused', status: 0, detail: 'not serializable' }
      return await this.#poster.post(body)
    } catch (error) {
      return { kind: 'refused', status: 0, detail: `not serializable: ${String(error)}` }
    }
  }

  #failed(result: PostResult & { kind: 'failed' }): false {
    const { retryDelayMs, retryDelayMsMax } = this.#config.limits
    const doubled = Math.min(retryDelayMs * 2 ** Math.min(this.#failures, 20), retryDelayMsMax)
    const delayMs = Math.max(doubled * (0.5 + Math.random() / 2), result.retryAfterMs ?? 0)
    this.#failures += 1
    this.#nextAttemptUnixMs = Date.now() + delayMs
    this.state.lastError = result.detail
    this.#listener.onFailed(result.detail, this.pending)
    // In allow mode the action goes on; in block mode it waits for its own time to run out.
    if (this.#config.onUnrecorded === 'allow')
      for (const settle of this.#waiting.values()) settle(false)
    return false
  }

  #finish(batch: readonly ReadableSpan[], result: Exclude<PostResult, { kind: 'failed' }>): void {
    for (const size of this.#sizes.slice(this.#head, this.#head + batch.length)) this.#bytes -= size
    this.#head += batch.length
    if (this.#head >= compactionMin) {
      this.#entries = this.#entries.slice(this.#head)
      this.#sizes = this.#sizes.slice(this.#head)
      this.#head = 0
    }
    this.#failures = 0
    this.#nextAttemptUnixMs = 0
    this.#stalled = false
    const rejected = result.kind === 'refused' ? batch.length : result.rejectedSpans
    this.state.exported += batch.length - rejected
    if (result.kind === 'accepted') this.state.lastExportUnixMs = Date.now()
    if (rejected > 0) {
      this.state.lastError = result.detail
      this.#lose('rejected', rejected, result.detail)
    }
    // The collector does not name the records of a batch that it rejected, so none of it counts as recorded.
    this.#settle(batch, rejected === 0)
    if (result.kind === 'accepted') this.#listener.onAcknowledged()
  }

  #settle(spans: readonly ReadableSpan[], recorded: boolean): void {
    if (this.#waiting.size === 0) return
    for (const span of spans) this.#waiting.get(span.spanContext().spanId)?.(recorded)
  }

  #lose(reason: LossReason, count: number, detail: string): void {
    this.state.dropped[reason] += count
    const { queueFull, rejected, undelivered } = this.state.dropped
    this.#listener.onLoss({ reason, count, total: queueFull + rejected + undelivered, detail })
  }
}

function spanBytes(span: ReadableSpan): number {
  let bytes = spanBytesBase
  for (const key in span.attributes) {
    const value = span.attributes[key]
    if (typeof value === 'string') bytes += value.length
  }
  return bytes
}
