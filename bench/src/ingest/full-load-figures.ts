import type { FullLoad, LoadSample } from './hold-full-load.ts'

/** A full load in numbers. */
export interface FullLoadFigures {
  /** Spans that came into the engine in a second, in the last four fifths: the rate that can last. */
  readonly storedPerSecond: number
  /** CPU of collector and engine, merges included, for each of those; microseconds. */
  readonly cpuUsPerSpan: number
  /** Of the spans acknowledged in the whole load, those that were not in the engine at its end. Near 0: the engine keeps up. */
  readonly unstoredShare: number
  /** By so many bytes a second the log grew in the last four fifths, by least squares; undefined where there is no log to ask about. */
  readonly logBytesPerSecond: number | undefined
  /** Bytes of the log for each span that was not in the engine at the end; undefined where there is no log, or little in it. */
  readonly logBytesPerSpan: number | undefined
}

/** The first part of a load fills pipes and begins merges. */
const settlingShare = 0.2
/** Fewer spans than these in the log say nothing of what each of them takes. */
const unstoredMin = 2_000

/** Sums up a full load; NaN where it was too short. */
export function fullLoadFigures({ samples, outcome }: FullLoad): FullLoadFigures {
  const last = samples.at(-1)
  const settled = samples.filter(
    ({ atSeconds }) => atSeconds >= settlingShare * (last?.atSeconds ?? 0),
  )
  const first = settled[0]
  if (first === undefined || last === undefined || settled.length < 2)
    return {
      storedPerSecond: Number.NaN,
      cpuUsPerSpan: Number.NaN,
      unstoredShare: Number.NaN,
      logBytesPerSecond: undefined,
      logBytesPerSpan: undefined,
    }
  const stored = last.spansStored - first.spansStored
  const unstored = Math.max(0, outcome.spans - last.spansStored)
  return {
    storedPerSecond: stored / (last.atSeconds - first.atSeconds),
    cpuUsPerSpan: ((last.cpuSeconds - first.cpuSeconds) / stored) * 1e6,
    unstoredShare: unstored / outcome.spans,
    logBytesPerSecond: slopeOfLog(settled),
    logBytesPerSpan:
      last.logBytes === undefined || unstored < unstoredMin ? undefined : last.logBytes / unstored,
  }
}

function slopeOfLog(samples: readonly LoadSample[]): number | undefined {
  const points = samples.flatMap(({ atSeconds, logBytes }) =>
    logBytes === undefined ? [] : [{ x: atSeconds, y: logBytes }],
  )
  if (points.length < 2) return undefined
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)]
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2)
}
