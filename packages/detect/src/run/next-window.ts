import type { Window } from './detection-statement.ts'

const secondNs = 1_000_000_000n

/** The end of the window before that is looked at again: records that were received then and came into the ledger later. */
export const overlapNs: bigint = 120n * secondNs

/** The reach of the first window, and of any later one. */
export const windowNsMax: bigint = 86_400n * secondNs

/** The time that windows go on after the newest record: detections that wait for a second record look as late as that. */
const quietNs = 180n * secondNs

/** The newest time of receipt of each log, in nanoseconds since 1970. */
export type Heads = ReadonlyMap<string, bigint>

/** The place that a detection has reached. */
export interface Progress {
  readonly untilUnixNs: bigint
  readonly heads: Heads
}

/**
 * The window that a detection is to be run over next; undefined when nothing came in since.
 *
 * Each log comes into the ledger in order, so what is new of it lies after the head that it had. A collector that was cut off for hours
 * so reaches back as far, to `windowNsMax`; what was received before that is not looked at.
 */
export function nextWindow(
  before: Progress | undefined,
  { heads, nowUnixNs, spanNsMax }: NextWindowOptions,
): Window | undefined {
  const earliest = nowUnixNs - windowNsMax
  if (before === undefined) return bounded(earliest, { nowUnixNs, spanNsMax })
  const moved = [...heads].filter(([log, head]) => head > (before.heads.get(log) ?? 0n))
  const newest = maxOf([...heads.values()])
  if (moved.length === 0 && before.untilUnixNs > newest + quietNs) return undefined
  const from = moved.map(([log]) => before.heads.get(log) ?? earliest)
  const since = minOf([before.untilUnixNs - overlapNs, ...from])
  return bounded(since > earliest ? since : earliest, { nowUnixNs, spanNsMax })
}

/** The progress after a window: a head beyond its end is not reached yet. */
export function progressAfter(window: Window, heads: Heads): Progress {
  const reached = [...heads].map(([log, head]): [string, bigint] => [
    log,
    minOf([head, window.untilUnixNs]),
  ])
  return { untilUnixNs: window.untilUnixNs, heads: new Map(reached) }
}

interface NextWindowOptions {
  readonly heads: Heads
  readonly nowUnixNs: bigint
  /** The longest window, in nanoseconds. */
  readonly spanNsMax: bigint
}

function bounded(
  sinceUnixNs: bigint,
  { nowUnixNs, spanNsMax }: Pick<NextWindowOptions, 'nowUnixNs' | 'spanNsMax'>,
): Window {
  return { sinceUnixNs, untilUnixNs: minOf([nowUnixNs, sinceUnixNs + spanNsMax + overlapNs]) }
}

function minOf(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least))
}

function maxOf(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n)
}
