import { setTimeout as sleep } from 'node:timers/promises'
import { readUsage } from '../process-usage.ts'
import { median } from '../percentile.ts'
import type { Contender } from './contender.ts'
import { dirWithin } from './in-bench-dir.ts'
import type { SendOutcome } from './load-messages.ts'
import { runRound, untilQuiet } from './run-round.ts'
import type { Round } from './run-round.ts'
import { startCeiling } from './start-ceiling.ts'
import type { Ceiling, CeilingRound } from './start-ceiling.ts'
import type { Load } from './start-load.ts'
import { sweepLoad } from './sweep-load.ts'
import type { LoadLevel } from './sweep-load.ts'

/** How much is sent. */
export interface IngestSize {
  readonly rounds: number
  readonly batches: number
  readonly warmUpBatches: number
  readonly halfLoadBatches: number
  /** The levels of the sweep, of the full load, and the seconds of each. */
  readonly levelShares: readonly number[]
  readonly levelSeconds: number
}

/** All that was measured of one contender. */
export interface ContenderFigures {
  readonly name: string
  readonly plain: readonly Round[]
  readonly gzip: readonly Round[]
  readonly halfLoad: SendOutcome
  /** Empty for one that is not taken through the loads. */
  readonly levels: readonly LoadLevel[]
  readonly collectorBytesPeak: number
  readonly engineBytesPeak: number
  /** After all parts were merged. */
  readonly storedBytesPerSpan: number
}

/** All that was measured. */
export interface IngestFigures {
  readonly contenders: readonly ContenderFigures[]
  readonly ceiling: readonly CeilingRound[]
  readonly bodyBytesPerSpan: number
  /** Of one core, while nothing was sent. */
  readonly engineIdleShare: number
}

/** Whom to compare: the first one's rows are those of the ceiling. */
export interface Comparison {
  readonly contenders: ReadonlyMap<string, Contender>
  readonly load: Load
  readonly size: IngestSize
  readonly dataDir: string
  readonly say: (line: string) => void
}

const halfLoadConnections = 32
const sweptNames = ['whodid', 'otelcol']
const idleMs = 2_000

/** Runs the contenders in turn, round after round, in alternating order; then each at half its own load, and the first two at rising shares of theirs. */
export async function compareIngest(comparison: Comparison): Promise<IngestFigures> {
  const { contenders, load, size, dataDir, say } = comparison
  const [first] = contenders.values()
  if (first === undefined) throw new Error('there is nobody to compare')
  await warmUp(comparison)
  const idle = await idleShare(first)
  const ceiling = await startCeiling(await dirWithin(dataDir, 'ceiling'), first.engine)
  await ceiling.run()
  const rounds = new Map([...contenders.keys()].map((name) => [name, emptyRounds()]))
  const ceilingRounds: CeilingRound[] = []
  let bodyBytes = 0
  try {
    for (let round = 0; round < size.rounds; round += 1) {
      const names = [...contenders.keys()]
      for (const name of round % 2 === 0 ? names : names.toReversed())
        for (const gzip of [false, true]) {
          bodyBytes = await load.prepare({ seed: 1_000 + round, batches: size.batches, gzip })
          const contender = contenders.get(name) ?? first
          const figures = await runRound(contender, load, size.batches)
          rounds.get(name)?.[gzip ? 'gzip' : 'plain'].push(figures)
          say(`round ${round + 1}/${size.rounds} ${name}${gzip ? ' gzip' : ''}: ${line(figures)}`)
        }
      ceilingRounds.push(await runCeiling(ceiling, say))
    }
  } finally {
    await ceiling.stop()
  }
  const spans = rounds.values().next().value?.plain[0]?.spans ?? 1
  const figures: ContenderFigures[] = []
  for (const [name, contender] of contenders)
    figures.push(
      await finish(comparison, { name, contender, ...(rounds.get(name) ?? emptyRounds()) }),
    )
  return {
    contenders: figures,
    ceiling: ceilingRounds,
    bodyBytesPerSpan: bodyBytes / spans,
    engineIdleShare: idle,
  }
}

function emptyRounds(): { plain: Round[]; gzip: Round[] } {
  return { plain: [], gzip: [] }
}

/** Not measured: compilers, caches and pools of all contenders get what they need. */
async function warmUp({ contenders, load, size, say }: Comparison): Promise<void> {
  for (const [name, contender] of contenders) {
    await load.prepare({ seed: 1, batches: size.warmUpBatches, gzip: false })
    say(`warm-up ${name}: ${line(await runRound(contender, load, size.warmUpBatches))}`)
  }
}

async function idleShare({ engine }: Contender): Promise<number> {
  const before = readUsage(engine.processId)
  await sleep(idleMs)
  return (readUsage(engine.processId).cpuSeconds - before.cpuSeconds) / (idleMs / 1000)
}

async function runCeiling(ceiling: Ceiling, say: (line: string) => void): Promise<CeilingRound> {
  const figures = await ceiling.run()
  say(`engine ceiling: ${micros(figures.engineCpuSeconds, figures.rows)} CPU-µs a row`)
  return figures
}

interface Finishing {
  readonly name: string
  readonly contender: Contender
  readonly plain: Round[]
  readonly gzip: Round[]
}

async function finish(
  { load, size, say }: Comparison,
  { name, contender, plain, gzip }: Finishing,
): Promise<ContenderFigures> {
  const full = median(plain.map(({ spansPerSecond }) => spansPerSecond))
  await load.prepare({ seed: 2_000, batches: size.halfLoadBatches, gzip: false })
  say(`half load ${name}: ${Math.round(full / 2)} spans/s`)
  const halfLoad = await load.send({
    target: contender.target,
    connections: halfLoadConnections,
    spansPerSecond: full / 2,
    seconds: null,
    probe: contender.probe,
  })
  return {
    name,
    plain,
    gzip,
    halfLoad,
    levels: sweptNames.includes(name)
      ? await sweepLoad({
          name,
          contender,
          load,
          full,
          shares: size.levelShares,
          seconds: size.levelSeconds,
          say,
        })
      : [],
    collectorBytesPeak: readUsage(contender.collectorProcessId).residentBytesPeak,
    engineBytesPeak: readUsage(contender.engine.processId).residentBytesPeak,
    storedBytesPerSpan: await storedBytesPerSpan(contender),
  }
}

/** Of all tables that the spans went into, so that no layout can hide a copy; merged, so that none profits from its parts. */
async function storedBytesPerSpan({ sql, spansTable }: Contender): Promise<number> {
  const parts =
    "FROM system.parts WHERE active AND database = 'whodid' AND table NOT IN ('migrations', 'reads')"
  const tables = await sql(`SELECT DISTINCT table ${parts} FORMAT TSV`)
  for (const table of tables.split('\n')) await sql(`OPTIMIZE TABLE whodid.\`${table}\` FINAL`)
  await untilQuiet(sql)
  return Number(
    await sql(`SELECT sum(bytes_on_disk) / sumIf(rows, table = '${spansTable}') ${parts}`),
  )
}

function line({
  spans,
  spansPerSecond,
  collectorCpuSeconds,
  engineCpuSeconds,
  refusals,
}: Round): string {
  const cpu = `${micros(collectorCpuSeconds, spans)} + ${micros(engineCpuSeconds, spans)} CPU-µs a span`
  return `${Math.round(spansPerSecond)} spans/s, collector + engine ${cpu}, ${refusals} refused`
}

function micros(seconds: number, count: number): string {
  return ((seconds / count) * 1e6).toFixed(1)
}
