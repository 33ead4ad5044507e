import { performance } from 'node:perf_hooks'
import type { HrTime } from '@opentelemetry/api'

/** A wall clock that was set by more than this is followed, rather than the steady one. */
const stepMsMin = 50

let epochMs = Date.now() - performance.now()
let lastMicros = 0

/**
 * The time, in microseconds and never twice the same within a process: records of one millisecond keep their order in the
 * ledger. Follows the wall clock when that is set.
 */
export function now(): HrTime {
  const steadyMs = performance.now()
  const wallMs = Date.now()
  if (Math.abs(wallMs - (epochMs + steadyMs)) > stepMsMin) {
    epochMs = wallMs - steadyMs
    lastMicros = 0
  }
  const micros = Math.max(Math.floor((epochMs + steadyMs) * 1000), lastMicros + 1)
  lastMicros = micros
  return [Math.floor(micros / 1_000_000), (micros % 1_000_000) * 1000]
}
