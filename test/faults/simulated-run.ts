import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '@whodid/collector'
import type { Collector, CollectorOptions } from '@whodid/collector'
import { checkRun } from './check-run.ts'
import { createLoad, loadExporter } from './load.ts'
import { seeded } from './seeded.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { Crash } from './simulated-disk.ts'
import { SimulatedLedger } from './simulated-ledger.ts'
import { watchAcknowledgements, watchAppender, watchFiles } from './write-steps.mjs'
import type { AtStep, WriteStep } from './write-steps.mjs'

/** One crash of a run: at the nth time that a step is met since the last one. */
export interface CrashPlan {
  readonly step: WriteStep
  readonly when: 'before' | 'after'
  readonly occurrence: number
  readonly how: Crash
}

type Files = NonNullable<CollectorOptions['files']>

/** One run, wholly in memory but for its HTTP. */
export interface SimulatedRun {
  readonly seed: number
  readonly crashes: readonly CrashPlan[]
  /** Of ten inserts so many fail. */
  readonly failuresOfTen?: number
  readonly now?: () => bigint
  /** Puts failing calls in front of the disk's own. */
  readonly disturb?: (files: Files, random: () => number) => Files
  /** Happens between two lives. */
  /** What was acknowledged and is not stored is then told, and fails nothing. */
  readonly mayLose?: boolean
  readonly betweenLives?: (disk: SimulatedDisk, random: () => number) => void
}

/** What a run came to, once the path has gone on by itself until all was stored. */
export interface SimulatedResult {
  /** The crashes that were met. */
  readonly met: readonly CrashPlan[]
  readonly problems: readonly string[]
  readonly lost: readonly string[]
}

interface Life {
  readonly collector: Collector
  readonly port: number
}

const settings = {
  host: '127.0.0.1',
  httpPort: 0,
  ingestClients: [loadExporter],
  limits: {
    segmentAgeMaxMs: 3,
    segmentRowsMax: 12,
    dedupWindowBytes: 6_000,
    retryDelayMs: 1,
    retryDelayMaxMs: 4,
    stopTimeoutMs: 30,
    checkpointIntervalMs: 25,
  },
}

/** Lives of one run at most: a run that needs more does not go on by itself. */
const startsMax = 50

const lives = new Map<number, AtStep>()
let stopWatching: (() => void) | undefined

/** Runs one run, and checks that what was acknowledged is in both tables once, and nothing that was never sent is. */
export async function simulate(run: SimulatedRun): Promise<SimulatedResult> {
  stopWatching ??= watchAcknowledgements((step, when, response) =>
    lives.get(response?.req.socket.localPort ?? 0)?.(step, when),
  )
  const random = seeded(run.seed)
  const dirs = await mkdtemp(join(tmpdir(), 'whodid-simulated-'))
  const disk = new SimulatedDisk(random, dirs)
  const ledger = new SimulatedLedger(random)
  const load = createLoad({ run: run.seed, batches: 14, spansPerBatch: 3, senders: 3 })
  const problems: string[] = []
  const machine = createMachine({ run, disk, ledger, dirs, random, problems })
  try {
    ledger.failuresOfTen = run.failuresOfTen ?? 0
    const living = machine.live()
    await Promise.race([load.run(() => machine.port(), random), living])
    await machine.settled()
    await living
    const lost = await checkRun({ disk, dirs, ledger, load, mayLose: run.mayLose === true })
    return { met: machine.met, problems, lost }
  } finally {
    await rm(dirs, { recursive: true, force: true })
  }
}

interface MachineParts {
  readonly run: SimulatedRun
  readonly disk: SimulatedDisk
  readonly ledger: SimulatedLedger
  readonly dirs: string
  readonly random: () => number
  readonly problems: string[]
}

interface Machine {
  readonly met: readonly CrashPlan[]
  /** Where the collector of this life listens; undefined between two lives. */
  readonly port: () => number | undefined
  /** Starts a collector, and another after each crash. Resolves when the last has stopped. */
  readonly live: () => Promise<void>
  /** Waits until all that is acknowledged is stored, then lets the last life end. */
  readonly settled: () => Promise<void>
}

function createMachine(parts: MachineParts): Machine {
  const { run, disk, problems } = parts
  const met: CrashPlan[] = []
  let life: Life | undefined
  let isSettled = false
  let settle = (): void => undefined
  const settling = new Promise<void>((resolve) => (settle = resolve))

  async function live(): Promise<void> {
    for (let number = 0; ; number += 1) {
      const crashed = oneLife(number)
      if (!(await crashed)) return
      run.betweenLives?.(disk, parts.random)
    }
  }

  async function oneLife(number: number): Promise<boolean> {
    let isOver = false
    let crash = (): void => undefined
    const crashed = new Promise<true>((resolve) => (crash = () => resolve(true)))
    const atStep = stepper(run.crashes[met.length], (plan) => {
      isOver = true
      met.push(plan)
      disk.crash(plan.how)
      crash()
    })
    // A collector that the disk lets not start ends, and whoever watches it starts it again.
    const starting = startLife(parts, { number, atStep, isOver: () => isOver }).catch(
      (thrown: unknown) => {
        problems.push(`start: ${String(thrown)}`)
        return true as const
      },
    )
    const started = await Promise.race([starting, crashed])
    if (started === true) return number < startsMax
    life = started
    lives.set(started.port, atStep)
    const ended = await Promise.race([crashed, settling.then(() => storedThen(started))])
    life = undefined
    lives.delete(started.port)
    // Of a life that crashed, only the port is given back: nothing else of it comes to an end.
    if (ended) void started.collector.stop()
    else await started.collector.stop()
    return ended
  }

  async function storedThen({ collector }: Life): Promise<false> {
    await collector.stored()
    // Waits for ever when the sealer has found its tree damaged, which only a disk that lies may do to it.
    if (run.mayLose !== true) await collector.sealed()
    isSettled = true
    return false
  }

  return {
    met,
    live,
    port: () => (isSettled ? undefined : life?.port),
    settled: () => (settle(), Promise.resolve()),
  }
}

/** Counts the steps of one life, and ends it at the one that is planned. */
function stepper(plan: CrashPlan | undefined, end: (plan: CrashPlan) => void): AtStep {
  let count = 0
  let isOver = false
  return (step, when) => {
    if (isOver) return new Promise(() => undefined)
    if (plan === undefined || plan.step !== step || plan.when !== when) return undefined
    count += 1
    if (count < plan.occurrence) return undefined
    isOver = true
    end(plan)
    return new Promise(() => undefined)
  }
}

async function startLife(
  { run, disk, ledger, dirs, random, problems }: MachineParts,
  life: { number: number; atStep: AtStep; isOver: () => boolean },
): Promise<Life> {
  const files = run.disturb?.(disk.files(), random) ?? disk.files()
  const collector = await startCollector({
    ...settings,
    // The lock is of this directory; the disk in memory knows files by name alone, as the same directory.
    logDir: join(dirs, String(life.number)),
    sequencer: { treeDir: join(dirs, 'tlog'), keysDir: join(dirs, 'keys') },
    files: watchFiles(files, life.atStep),
    appender: watchAppender(ledger.appender(life.isOver), life.atStep),
    random,
    onEvent: ({ kind, message }) => problems.push(`${kind}: ${message}`),
    ...(run.now === undefined ? {} : { now: run.now }),
  })
  return { collector, port: collector.port }
}
