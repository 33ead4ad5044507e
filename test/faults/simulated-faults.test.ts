import type { FilePort } from '@whodid/tlog-posix'
import { afterAll, describe, expect, it } from 'vitest'
import { createFaultTable } from './fault-table.ts'
import { seeded } from './seeded.ts'
import { simulate } from './simulated-run.ts'
import type { CrashPlan, SimulatedRun } from './simulated-run.ts'
import { writeSteps } from './write-steps.mjs'
import type { WriteStep } from './write-steps.mjs'

// Every run is a collector with its HTTP, on a disk and a ledger in memory that are as bad as they may be. Runs of the
// real engine are in killed-at-step.test.ts and engine-faults.test.ts.

/** `WHODID_FAULT_RUNS=20` makes twenty times as many. */
const times = Math.max(Number(process.env['WHODID_FAULT_RUNS'] ?? '1'), 1)
const runsPerPoint = 9 * times
const runsAtOnce = 8

const table = createFaultTable()
const points = (Object.keys(writeSteps) as WriteStep[]).flatMap((step) =>
  (['before', 'after'] as const).map((when) => ({ step, when })),
)

afterAll(() => table.print(`Faults, simulated (${table.runs()} runs)`))

/** What has to happen before for a step to be met at a start. */
const groundwork: Partial<Record<WriteStep, Omit<CrashPlan, 'occurrence'>>> = {
  'cut segment': { step: 'flush frames', when: 'after', how: 'kill' },
  'flush cut': { step: 'flush frames', when: 'after', how: 'kill' },
  'delete empty segment': { step: 'write header', when: 'after', how: 'kill' },
}

/** Steps that a run of a few batches meets once or seldom. */
const onceSteps = /name|key|cut|empty|old|history|checkpoint|tile/u

function plansOf(seed: number, point: Pick<CrashPlan, 'step' | 'when'>): CrashPlan[] {
  const random = seeded(seed)
  const before = groundwork[point.step]
  const isOnce = onceSteps.test(point.step)
  const occurrence = isOnce ? 1 : 1 + Math.floor(random() * 3)
  const how = random() < 0.6 ? 'power' : 'kill'
  const target: CrashPlan = { ...point, how, occurrence }
  if (before !== undefined) return [{ ...before, occurrence: 1 }, target]
  // Now and then the next life crashes too.
  const again = points[Math.floor(random() * points.length)]
  return random() < 0.3 && again !== undefined
    ? [target, { ...again, how: 'power', occurrence: 1 }]
    : [target]
}

async function runAll(fault: string, runs: readonly SimulatedRun[]): Promise<number> {
  const left = [...runs]
  let metCount = 0
  const worker = async (): Promise<void> => {
    for (let run = left.shift(); run !== undefined; run = left.shift()) {
      const one = run
      await table.run(fault, async () => {
        try {
          metCount += (await simulate(one)).met.length > 0 ? 1 : 0
        } catch (thrown) {
          const why = thrown instanceof Error ? thrown.message : String(thrown)
          throw new Error(`seed ${one.seed}, ${JSON.stringify(one.crashes)}: ${why}`, {
            cause: thrown,
          })
        }
      })
    }
  }
  await Promise.all(Array.from({ length: runsAtOnce }, worker))
  return metCount
}

describe('the write path, simulated', () => {
  it.each(points)('crashes $when "$step" and loses nothing', async ({ step, when }) => {
    const at = points.findIndex((point) => point.step === step && point.when === when)
    const runs = Array.from({ length: runsPerPoint }, (_, index) => {
      const seed = (at + 1) * 10_000 + index
      return {
        seed,
        crashes: plansOf(seed, { step, when }),
        failuresOfTen: index % 2 === 0 ? 0 : 3,
      }
    })
    // A step that no run meets would be tested by none.
    expect(await runAll(`killed ${when} "${step}"`, runs)).toBeGreaterThan(0)
  })
})

/** Calls of the disk that now and then fail, before or after they took effect, or write only a part. */
function failing(files: FilePort, random: () => number, code: string): FilePort {
  const fails = (): boolean => random() < 0.04
  const failure = (): Error => Object.assign(new Error(`simulated ${code}`), { code })
  const maybe = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (fails()) throw failure()
    const result = await act()
    if (fails()) throw failure()
    return result
  }
  return {
    ...files,
    rename: (from, to) => maybe(() => files.rename(from, to)),
    link: (from, to) => maybe(() => files.link(from, to)),
    rm: (path, options) => maybe(() => files.rm(path, options)),
    open: async (path, flags, mode) => {
      const handle = await files.open(path, flags, mode)
      const writev = handle.writev.bind(handle)
      const datasync = handle.datasync.bind(handle)
      const sync = handle.sync.bind(handle)
      const truncate = handle.truncate.bind(handle)
      return Object.assign(handle, {
        datasync: () => maybe(() => datasync()),
        sync: () => maybe(() => sync()),
        truncate: (length: number) => maybe(() => truncate(length)),
        writev: async (parts: Buffer[], position: number) => {
          if (!fails()) return writev(parts, position)
          if (random() < 0.5) throw failure()
          // A disk that is full takes the beginning and says so by the count alone.
          return writev([Buffer.concat(parts).subarray(0, 40)], position)
        },
      })
    },
  }
}

/** A disk whose flushes do nothing until the machine is told to stop: what no software survives. */
function lying(files: FilePort): FilePort {
  return {
    ...files,
    open: async (path, flags, mode) =>
      Object.assign(await files.open(path, flags, mode), { datasync: () => Promise.resolve() }),
  }
}

function runsOf(fault: number, make: (seed: number) => SimulatedRun): SimulatedRun[] {
  return Array.from({ length: 10 * times }, (_, index) => make(fault * 100_000 + index))
}

const afterFlush: CrashPlan = { step: 'flush frames', when: 'after', occurrence: 3, how: 'kill' }

describe('the disk and the clock, simulated', () => {
  it.each(['ENOSPC', 'EIO'])('goes on when the disk fails with %s now and then', async (code) => {
    const runs = runsOf(11 + code.length, (seed) => ({
      seed,
      crashes: seed % 2 === 0 ? [] : [afterFlush],
      // Not at the start, where a failing disk ends the collector, as it should.
      disturb: (files, random) => {
        let calls = 0
        return failing(files, () => ((calls += 1) > 100 ? random() : 1), code)
      },
    }))
    await runAll(`disk fails with ${code}`, runs)
  })

  it('cuts a torn last record', async () => {
    const runs = runsOf(21, (seed) => ({
      seed,
      crashes: [{ ...afterFlush, when: 'before', how: 'power', occurrence: 1 + (seed % 4) }],
      betweenLives: (disk, random) =>
        // Bytes of a frame that never was whole, behind those that are.
        disk.append('.open', Buffer.from('WDFR\u0010\u0001').subarray(0, 1 + random() * 6)),
    }))
    expect(await runAll('torn last record', runs)).toBeGreaterThan(0)
  })

  it('takes a clock that jumps an hour either way', async () => {
    const runs = runsOf(31, (seed) => {
      const random = seeded(seed)
      return {
        seed,
        crashes: seed % 2 === 0 ? [] : [afterFlush],
        now: () => {
          const jumpMs = (Math.floor(random() * 3) - 1) * 3_600_000
          return BigInt(Date.UTC(2026, 10, 22) + jumpMs) * 1_000_000n
        },
      }
    })
    await runAll('clock jumps by ±1 h', runs)
  })

  it('stores once what is sent twice or in another order', async () => {
    // Each load has both: one request in five is sent again, with its spans reversed, or takes earlier spans along.
    await runAll(
      'duplicated and reordered requests',
      runsOf(61, (seed) => ({ seed, crashes: [], failuresOfTen: seed % 2 === 0 ? 0 : 3 })),
    )
  })

  it('says what a flipped bit in the log has cost, and loses nothing else', async () => {
    const seeds = Array.from({ length: 10 * times }, (_, index) => 4_100_000 + index)
    for (const seed of seeds)
      await table.run('flipped bit in the log', async () => {
        const { problems, lost } = await simulate({
          seed,
          mayLose: true,
          crashes: [{ step: 'rename to sealed', when: 'after', occurrence: 1, how: 'kill' }],
          betweenLives: (disk, random) =>
            disk.damage('.sealed', (bytes) => {
              const at = 36 + Math.floor(random() * (bytes.length - 36))
              bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
            }),
        })
        const said = problems.some((problem) => problem.includes('damaged'))
        expect(said || lost.length === 0, `seed ${seed}: ${JSON.stringify(lost)}`).toBe(true)
      })
  })

  it('would see a loss: a disk that lies about its flushes loses what it acknowledged', async () => {
    let lostCount = 0
    for (let seed = 5_100_000; seed < 5_100_020; seed += 1) {
      const { lost } = await simulate({
        seed,
        disturb: lying,
        mayLose: true,
        crashes: [{ step: 'acknowledge', when: 'after', occurrence: 4, how: 'power' }],
      })
      lostCount += lost.length
    }
    expect(lostCount).toBeGreaterThan(0)
  })

  it('has made at least 300 runs', () => {
    expect(table.runs()).toBeGreaterThanOrEqual(300)
  })
})
