import { setTimeout as sleep } from 'node:timers/promises'
import { readUsage } from '../process-usage.ts'
import type { Contender } from './contender.ts'
import { spansPerBatch } from './make-batches.ts'
import { mergeAll, mergePasses, readWriteCounters } from './merge-all.ts'
import type { Merged, WriteCounters } from './merge-all.ts'
import { runRound } from './run-round.ts'
import type { Round } from './run-round.ts'
import type { Load } from './start-load.ts'
import { runUnderLoads } from './under-loads.ts'
import type { LoadSize, UnderLoads } from './under-loads.ts'

/** How much is sent. */
export interface IngestSize extends LoadSize {
  /** Batches that are made once and sent over and over, each time under IDs and times of their own. */
  readonly poolBatches: number
  readonly warmUpBatches: number
  readonly rounds: number
  readonly batches: number
  readonly gzipBatches: number
}

/** All that was measured of one contender. */
export interface ContenderFigures extends UnderLoads {
  readonly name: string
  readonly plain: readonly Round[]
  readonly gzip: readonly Round[]
  readonly merged: Merged
  /** How often merges read a byte: in the rounds, and with the last merges. */
  readonly passesInRounds: number
  readonly passes: number
  readonly collectorBytesPeak: number
  readonly engineBytesPeak: number
}

/** All that was measured. */
export interface IngestFigures {
  readonly contenders: readonly ContenderFigures[]
  readonly bodyBytesPerSpan: number
  /** Of one core, while nothing was sent. */
  readonly engineIdleShare: number
}

/** Whom to compare: the first one is Whodid. */
export interface Comparison {
  readonly contenders: ReadonlyMap<string, Contender>
  readonly load: Load
  readonly size: IngestSize
  readonly say: (line: string) => void
}

interface Rounds {
  readonly plain: Round[]
  readonly gzip: Round[]
  readonly begun: WriteCounters
}

/** Those that are taken through rising loads, and held at full load for long. */
const loadedNames = ['whodid', 'otelcol']
const idleMs = 2_000
const poolSeed = 1_000
const gzipSeed = 2_000

/**
 * Runs the contenders in turn, round after round, in alternating order. Then takes each in turn, and ends it before the next:
 * merges all it has stored, loads it by half, and takes the first two to rising shares of their full load and holds them there.
 */
export async function compareIngest(comparison: Comparison): Promise<IngestFigures> {
  const { contenders, load, size, say } = comparison
  const [first] = contenders.values()
  if (first === undefined) throw new Error('there is nobody to compare')
  const bodyBytes = await load.prepare({ seed: poolSeed, batches: size.poolBatches, gzip: false })
  await warmUp(comparison)
  const engineIdleShare = await idleShare(first)
  const rounds = await runRounds(comparison)
  const figures: ContenderFigures[] = []
  for (const [name, contender] of contenders) {
    const own = rounds.get(name)
    if (own !== undefined) figures.push(await finish(comparison, { name, contender, rounds: own }))
    // Its log may still be going into its engine, and must not take the next one's CPU.
    await contender.stop()
    say(`${name} is done`)
  }
  const spansInPool = size.poolBatches * spansPerBatch
  return { contenders: figures, bodyBytesPerSpan: bodyBytes / spansInPool, engineIdleShare }
}

async function runRounds(comparison: Comparison): Promise<ReadonlyMap<string, Rounds>> {
  const { contenders, load, size, say } = comparison
  const rounds = new Map<string, Rounds>()
  for (const [name, { sql }] of contenders)
    rounds.set(name, { plain: [], gzip: [], begun: await readWriteCounters(sql) })
  for (let round = 0; round < size.rounds; round += 1) {
    const names = [...contenders.keys()]
    const order = round % 2 === 0 ? names : names.toReversed()
    await load.prepare({ seed: gzipSeed + round, batches: size.gzipBatches, gzip: true })
    for (const kind of ['plain', 'gzip'] as const)
      for (const name of order) {
        const contender = contenders.get(name)
        if (contender === undefined) continue
        const isGzip = kind === 'gzip'
        const batches = isGzip ? size.gzipBatches : size.batches
        const figures = await runRound(contender, { load, batches, gzip: isGzip })
        rounds.get(name)?.[kind].push(figures)
        say(`round ${round + 1}/${size.rounds} ${name} ${kind}: ${line(figures)}`)
      }
  }
  return rounds
}

/** Not measured: compilers, caches and pools of all contenders get what they need. */
async function warmUp({ contenders, load, size, say }: Comparison): Promise<void> {
  for (const [name, contender] of contenders) {
    const figures = await runRound(contender, { load, batches: size.warmUpBatches, gzip: false })
    say(`warm-up ${name}: ${line(figures)}`)
  }
}

async function idleShare({ engine }: Contender): Promise<number> {
  const before = readUsage(engine.processId)
  await sleep(idleMs)
  return (readUsage(engine.processId).cpuSeconds - before.cpuSeconds) / (idleMs / 1000)
}

interface Finishing {
  readonly name: string
  readonly contender: Contender
  readonly rounds: Rounds
}

async function finish(
  comparison: Comparison,
  { name, contender, rounds }: Finishing,
): Promise<ContenderFigures> {
  const { plain, gzip, begun } = rounds
  const ended = await readWriteCounters(contender.sql)
  // Before any load at which it may not keep up, so that all contenders have stored as much.
  const merged = await mergeAll(contender)
  const settled = await readWriteCounters(contender.sql)
  const { load, size, say } = comparison
  const isLoaded = loadedNames.includes(name)
  const loads = await runUnderLoads({ name, contender, load, size, say, plain, isLoaded })
  return {
    name,
    plain,
    gzip,
    merged,
    passesInRounds: mergePasses(begun, ended),
    passes: mergePasses(begun, settled),
    ...loads,
    collectorBytesPeak: readUsage(contender.collectorProcessId).residentBytesPeak,
    engineBytesPeak: readUsage(contender.engine.processId).residentBytesPeak,
  }
}

function line(round: Round): string {
  const { spans, spansPerSecond, collectorCpuSeconds, engineCpuSeconds, refusals } = round
  const micros = (seconds: number): string => ((seconds / spans) * 1e6).toFixed(1)
  const cpu = `${micros(collectorCpuSeconds)} + ${micros(engineCpuSeconds)} CPU-µs a span`
  return `${Math.round(spansPerSecond)} spans/s, collector + engine ${cpu}, ${refusals} refused`
}
