import { performance } from 'node:perf_hooks'
import type { HrTime } from '@opentelemetry/api'

/** A wall clock that differs by more than this was set, and is followed; below it the steady clock counts on. */
const stepMsMin = 50
/** A wall clock set back by more than this takes the records back with it; below, they wait for it, in order. */
const setBackMsMin = 1000
/** Two readings further apart than this were interrupted, and say nothing about the clocks. */
const readingMsMax = 1

let epochMs = Date.now() - performance.now()
let lastMicros = 0

/**
 * The time, in microseconds and never twice the same within a process: records of one millisecond keep their order in the
 * ledger. Follows the wall clock when that is set.
 */
export function now(): HrTime {
  const steadyMs = performance.now()
  const driftMs = Date.now() - (epochMs + steadyMs)
  if (Math.abs(driftMs) > stepMsMin && performance.now() - steadyMs < readingMsMax) {
    epochMs += driftMs
    if (driftMs < -setBackMsMin) lastMicros = 0
  }
  const micros = Math.max(Math.floor((epochMs + steadyMs) * 1000), lastMicros + 1)
  lastMicros = micros
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1000]
}

/** A time in milliseconds since 1970 as records have it. */
export function hrTimeOf(unixMs: number): HrTime {
  return [Math.floor(unixMs / 1000), Math.round((unixMs % 1000) * 1_000_000)]
}

/** {@link now} in milliseconds since 1970. */
export function nowUnixMs(): number {
  const [seconds, nanos] = now()
  return seconds * 1000 + nanos / 1_000_000
}
