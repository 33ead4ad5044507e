import { setTimeout as sleep } from 'node:timers/promises'
import { formatInstant, parseInstant, WhodidError } from '@whodid/model'
import { tail, tailStepMax } from '@whodid/query'
import type { TailedRecord } from '@whodid/query'
import type { Selector } from '@whodid/store'
import { httpStatus } from '../errors/problem.ts'

/** Nanoseconds before now at which a tail starts when nobody says where. */
export const tailStartDefaultNs = 60_000_000_000n
/** Milliseconds between two looks for new records. */
const pollIntervalMs = 500
/** Records at most in one stream that does not follow. */
const rowsPerStreamMax = 100_000
/** Streams at most at one time. */
export const streamsMax = 32

export interface TailRequest {
  readonly selector: Selector
  readonly tenant: string
  readonly afterUnixNs: bigint
  readonly follow: boolean
  readonly clientGone: AbortSignal
  /** Aborts when the service stops: the stream then ends whole. */
  readonly stopping: AbortSignal
}

/** Opens streams of records, at most {@link streamsMax} at one time. */
export type TailOpener = (request: TailRequest) => Promise<ReadableStream<Uint8Array>>

/**
 * Makes an opener. Its promise resolves after the first look at the ledger, so that a refusal is still an HTTP status;
 * a failure later is the stream's last line, `{"_error":…}`. A line is asked for only when the client has read the one
 * before. Does NOT promise every record: one whose storing was delayed until after a newer one is not seen by a tail.
 */
export function createTailOpener(): TailOpener {
  let streams = 0
  return async (request) => {
    if (streams >= streamsMax)
      throw new WhodidError('too_many_requests', `${streamsMax} streams are open already`)
    streams += 1
    const leave = new AbortController()
    const left = AbortSignal.any([request.clientGone, leave.signal])
    const steps = tailSteps(request, left, () => (streams -= 1))
    // The first step of the generator arms its `finally`; from here on a client that leaves frees its place.
    const first = await steps.next()
    left.addEventListener('abort', () => void steps.return(), { once: true })
    return toByteStream(first, steps, leave)
  }
}

async function* tailSteps(
  request: TailRequest,
  left: AbortSignal,
  release: () => void,
): AsyncGenerator<string, void> {
  let rows = 0
  let after = request.afterUnixNs
  try {
    while (!left.aborted) {
      const step = await tail(request.selector, request.tenant, after)
      rows += step.length
      after = lastReceivedUnixNs(step) ?? after
      const caughtUp = step.length < tailStepMax
      const full = !request.follow && rows >= rowsPerStreamMax
      const ended = request.stopping.aborted || full || (caughtUp && !request.follow)
      const lines = step.map((record) => `${JSON.stringify(record)}\n`).join('')
      yield ended ? lines + endLine(rows, after, full && !caughtUp) : lines
      if (ended) return
      if (caughtUp) await pause(AbortSignal.any([request.stopping, left]))
    }
  } finally {
    release()
  }
}

/** Resolves after the poll interval, or at once when the signal aborts. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(pollIntervalMs, undefined, { signal }).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown
  })
}

function lastReceivedUnixNs(step: readonly TailedRecord[]): bigint | undefined {
  const last = step.at(-1)
  return last === undefined ? undefined : parseInstant(last.received_at, 'received_at')
}

function endLine(rows: number, afterUnixNs: bigint, truncated: boolean): string {
  const next = { truncated: true, next_from: formatInstant(afterUnixNs) }
  return `${JSON.stringify({ _end: { rows, ...(truncated ? next : {}) } })}\n`
}

function toByteStream(
  first: IteratorResult<string, void>,
  steps: AsyncGenerator<string, void>,
  leave: AbortController,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let pending: IteratorResult<string, void> | undefined = first
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        // A step without records gives no bytes, and a pull that enqueues nothing is not repeated: look on until one has some.
        for (;;) {
          const step: IteratorResult<string, void> = pending ?? (await steps.next())
          pending = undefined
          if (leave.signal.aborted) return
          if (step.done === true) return controller.close()
          if (step.value === '') continue
          return controller.enqueue(encoder.encode(step.value))
        }
      } catch (thrown) {
        if (leave.signal.aborted) return
        controller.enqueue(encoder.encode(errorLine(thrown)))
        controller.close()
      }
    },
    cancel: async () => {
      leave.abort()
      await steps.return()
    },
  })
}

function errorLine(thrown: unknown): string {
  const error =
    thrown instanceof WhodidError
      ? thrown
      : new WhodidError('internal', 'the stream failed inside Whodid')
  const { code, message } = error
  return `${JSON.stringify({ _error: { code, status: httpStatus[code], detail: message } })}\n`
}
