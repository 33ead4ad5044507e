import type { Measure } from '../bench.ts'
import { canReadUsage, noUsageReason } from '../process-usage.ts'
import { median } from '../percentile.ts'
import type { FullLoad, LoadSample } from './hold-full-load.ts'

/** The measures of a soak: whether memory is flat shows in its second fifth beside its last. */
export function soakMeasures({ samples, outcome }: FullLoad): Measure[] {
  const growth = (name: string, value: (sample: LoadSample) => number): Measure => {
    const of = `${name}: median of the last fifth of the soak / of the second fifth`
    const measured = `soak_${name.replaceAll(' ', '_')}_growth_ratio`
    if (!canReadUsage) return { name: measured, value: null, unit: 'ratio', of, why: noUsageReason }
    return {
      name: measured,
      value: late(samples, value) / early(samples, value),
      unit: 'ratio',
      of,
    }
  }
  const peak = (value: (sample: LoadSample) => number): number => Math.max(...samples.map(value))
  return [
    growth('collector memory', ({ collectorBytes }) => collectorBytes),
    growth('engine memory', ({ engineBytes }) => engineBytes),
    figure('soak_seconds', 'length of the soak at full load', [outcome.seconds, 's']),
    figure('soak_spans', 'spans acknowledged in the soak', [outcome.spans, 'count']),
    figure('soak_spans_per_second', 'acknowledged, over the whole soak', [
      outcome.spans / outcome.seconds,
      'spans/s',
    ]),
    figure('soak_collector_memory_peak', 'resident', [
      peak(({ collectorBytes }) => collectorBytes),
      'bytes',
    ]),
    figure('soak_engine_memory_peak', 'resident', [
      peak(({ engineBytes }) => engineBytes),
      'bytes',
    ]),
    figure('soak_log_peak', 'of the log, not yet in the engine', [
      peak(({ logBytes }) => logBytes ?? 0),
      'bytes',
    ]),
    figure('soak_refusals', 'answers 429 and 503, each sent again', [outcome.refusals, 'count']),
  ]
}

function figure(name: string, of: string, [value, unit]: [number, Measure['unit']]): Measure {
  if (Number.isFinite(value)) return { name, value, unit, of }
  return { name, value: null, unit, of, why: 'too little was measured' }
}

function early(samples: readonly LoadSample[], value: (sample: LoadSample) => number): number {
  const fifth = Math.floor(samples.length / 5)
  return median(samples.slice(fifth, 2 * fifth).map(value))
}

function late(samples: readonly LoadSample[], value: (sample: LoadSample) => number): number {
  return median(samples.slice(-Math.floor(samples.length / 5)).map(value))
}
