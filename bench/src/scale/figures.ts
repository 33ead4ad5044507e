import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Measure } from '../bench.ts'

/** Figures of one bench's run, under the names of its measures. */
export interface RunFigures {
  /** The run, so that a reader finds it again. */
  readonly from: string
  readonly cores: number
  readonly values: Readonly<Record<string, number>>
}

/** The benches whose figures the simulation is made of, and which of their measures it takes. */
export const figureNames = {
  ingest: [
    'cpu_us_per_span_collector',
    'cpu_us_per_span_engine',
    'whodid_stored_bytes_per_span',
    'whodid_tree_bytes_per_span',
    'whodid_sustained_spans_per_second',
    'ack_to_queryable_p99_s',
    'body_bytes_per_span',
  ],
  ask: [
    'select_1_p50_ms',
    'p50_ratio_to_select_1_at_1m',
    'p50_ratio_to_select_1_at_10m',
    'p50_ratio_to_select_1_at_100m',
    'engine_cpu_ms_per_question',
    'api_cpu_ms_per_question',
  ],
  proof: ['verify_rows_per_cpu_second', 'verify_row_bytes'],
} as const
export type FiguresBench = keyof typeof figureNames
/** One run of each of those benches. */
export type Figures = Readonly<Record<FiguresBench, RunFigures>>

/** A measure that the ingest bench can take only when the log fills. */
export const logBytesName = 'whodid_log_bytes_per_span'
/** The name of a measure that the simulation cannot do without. */
export type FigureName = (typeof figureNames)[FiguresBench][number]

/** The file that the figures are kept in. */
export const figuresPath: string = fileURLToPath(
  new URL('../../scale/figures.json', import.meta.url),
)

/** Reads the figures. Throws with the name of the first that is missing. */
export function readFigures(path: string = figuresPath): Figures {
  // Sound: what it lacks is looked for below.
  const figures = JSON.parse(readFileSync(path, 'utf8')) as Figures
  for (const [bench, names] of Object.entries(figureNames))
    // Sound: the object's keys are those of its type.
    for (const name of names) figureOf(figures, bench as FiguresBench, name)
  return figures
}

/** One figure. Throws when the run did not take it. */
export function figureOf(figures: Figures, bench: FiguresBench, name: FigureName): number {
  // Sound: a file may lack what the type demands.
  const value = (figures as Partial<Figures>)[bench]?.values[name]
  if (value === undefined || !Number.isFinite(value))
    throw new Error(`bench/scale/figures.json has no ${name} of a run of ${bench}`)
  return value
}

/** The run that the figures of one bench are taken from. */
export interface MeasuredRun {
  readonly bench: FiguresBench
  readonly from: string
  readonly cores: number
  readonly measures: readonly Measure[]
}

/** Puts a run's figures in the place of those of the bench's last one; a measure that it did not take is gone, not kept from the last. */
export function withFigures(
  figures: Figures,
  { bench, from, cores, measures }: MeasuredRun,
): Figures {
  const names: readonly string[] = [...figureNames[bench], logBytesName]
  const values = Object.fromEntries(
    measures.flatMap(({ name, value }) =>
      value !== null && names.includes(name) ? [[name, Number(value.toPrecision(4))]] : [],
    ),
  )
  return { ...figures, [bench]: { from, cores, values } }
}
