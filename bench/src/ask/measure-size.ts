import type { Engine } from '@whodid/engine'
import type { BenchOptions } from '../bench.ts'
import { createSql } from '../ingest/contender.ts'
import { percentile } from '../percentile.ts'
import { askCrowd } from './ask-crowd.ts'
import type { Crowd } from './ask-crowd.ts'
import { partsOfMonths } from './close-months.ts'
import type { PartsOfMonth } from './close-months.ts'
import { oneThing, sampleHandles } from './sample-handles.ts'
import type { OneThing } from './sample-handles.ts'
import { startAsking } from './start-asking.ts'
import type { Asking } from './start-asking.ts'
import { startWriting } from './start-writing.ts'
import { timeQuestions } from './time-questions.ts'
import type { Latency } from './time-questions.ts'

/** What was measured of one kind of handle. */
export interface KindLatency {
  readonly kind: OneThing
  /** Each handle's first question, right after the engine was started. */
  readonly cold: Latency
  readonly warm: Latency
  /** While the collector wrote at half load; undefined where that was not measured. */
  readonly writing: Latency | undefined
}

/** What was measured with so many spans stored. */
export interface SizeResult {
  readonly rows: number
  /** When the measuring began. */
  readonly parts: readonly PartsOfMonth[]
  readonly kinds: readonly KindLatency[]
  /** Milliseconds of `SELECT 1`, between the warm questions, and between those while the collector wrote. */
  readonly selectOneP50: number
  readonly selectOneWritingP50: number | undefined
  readonly writingSpansPerSecond: number | undefined
  readonly crowd: Crowd | undefined
}

/** How much is asked. */
export interface Effort {
  readonly handles: number
  readonly warmPasses: number
  readonly writingPasses: number
  readonly crowdHandles: number
}

const crowdAskers = 64
/** The writing lasts longer than any measurement; it is ended by stopping it. */
const writingSeconds = 3_600

/** Measures every kind of handle on the ledger as it stands; `busy` also while the collector writes, and with a crowd. */
export async function measureSize(
  engine: Engine,
  given: {
    readonly rows: number
    readonly busy: boolean
    readonly effort: Effort
    readonly dataDir: string
    readonly say: BenchOptions['say']
  },
): Promise<SizeResult> {
  const { effort, say } = given
  const sql = createSql(engine)
  const parts = await partsOfMonths(sql)
  const drawn = new Map<OneThing, string[]>()
  const asking = await startAsking(engine, given.dataDir)
  try {
    const selectOneMs: number[] = []
    const kinds: KindLatency[] = []
    // The first statement of an engine pays for what all share.
    await asking.ask('action:nobody')
    for (const kind of oneThing) {
      const handles = await sampleHandles(sql, kind, { count: effort.handles, draw: 1 })
      drawn.set(kind, handles)
      const cold = await timeQuestions(asking, handles, 1)
      const warm = await timeQuestions(asking, handles, effort.warmPasses)
      selectOneMs.push(...warm.selectOneMs)
      kinds.push({ kind, cold: cold.latency, warm: warm.latency, writing: undefined })
      say(`${kind}: warm p50 ${warm.latency.p50.toFixed(1)} ms, ${warm.latency.rowsP50} rows read`)
    }
    const alone = {
      rows: given.rows,
      parts,
      kinds,
      selectOneP50: percentile(selectOneMs, 0.5),
      selectOneWritingP50: undefined,
      writingSpansPerSecond: undefined,
      crowd: undefined,
    }
    return given.busy ? await whileWriting({ engine, asking, alone, drawn, ...given }) : alone
  } finally {
    await asking.stop()
  }
}

async function whileWriting(given: {
  readonly engine: Engine
  readonly asking: Asking
  readonly alone: SizeResult
  readonly drawn: ReadonlyMap<OneThing, readonly string[]>
  readonly effort: Effort
  readonly dataDir: string
  readonly say: BenchOptions['say']
}): Promise<SizeResult> {
  const { engine, asking, alone, drawn, effort, say } = given
  const writing = await startWriting(engine, given.dataDir)
  say(`the collector takes ${Math.round(writing.fullLoad)} spans/s; half of it from now on`)
  // Ends when the sender is stopped, which is no failure of the measurement.
  const written = writing.writeAtHalf(writingSeconds).catch(() => undefined)
  try {
    const selectOneMs: number[] = []
    const kinds: KindLatency[] = []
    for (const each of alone.kinds) {
      const told = await timeQuestions(asking, drawn.get(each.kind) ?? [], effort.writingPasses)
      selectOneMs.push(...told.selectOneMs)
      kinds.push({ ...each, writing: told.latency })
    }
    const sql = createSql(engine)
    const crowded: string[] = []
    for (const kind of oneThing)
      crowded.push(...(await sampleHandles(sql, kind, { count: effort.crowdHandles, draw: 2 })))
    const crowd = await askCrowd(asking, shuffled(crowded), {
      askers: crowdAskers,
      engineProcessId: engine.processId,
    })
    say(
      `${crowdAskers} at once: p99 ${crowd.latency.p99.toFixed(0)} ms, ${crowd.errors.length} errors`,
    )
    for (const error of crowd.errors.slice(0, 3)) say(error)
    return {
      ...alone,
      kinds,
      crowd,
      selectOneWritingP50: percentile(selectOneMs, 0.5),
      writingSpansPerSecond: writing.fullLoad / 2,
    }
  } finally {
    await writing.stop()
    await written
  }
}

/** Kinds in turn, so that the crowd asks for all of them at once. */
function shuffled(handles: readonly string[]): string[] {
  const stride = Math.ceil(handles.length / oneThing.length)
  return Array.from({ length: stride }, (_, at) =>
    oneThing.flatMap((_kind, index) => handles[index * stride + at] ?? []),
  ).flat()
}
