import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { checkLedger } from './check-ledger.ts'
import { createFaultTable } from './fault-table.ts'
import { createLoad } from './load.ts'
import type { Load } from './load.ts'
import { seeded } from './seeded.ts'
import { buildCollector, startChild } from './start-child.ts'
import type { Child, KillAt } from './start-child.ts'
import { writeSteps } from './write-steps.mjs'
import type { WriteStep } from './write-steps.mjs'

// A collector in a process of its own, killed with SIGKILL at every named step, in front of the real engine.

const runsPerPoint = Math.max(Number(process.env['WHODID_FAULT_RUNS'] ?? '1'), 1)
const runsAtOnce = 3
const table = createFaultTable()
const loads: Load[] = []
let ledger: Ledger
let dir: string

beforeAll(async () => {
  await buildCollector()
  ledger = await startLedger()
  dir = await mkdtemp(join(tmpdir(), 'whodid-killed-'))
})

afterAll(async () => {
  table.print(`SIGKILL, real engine (${table.runs()} runs)`)
  await ledger.stop()
  await rm(dir, { recursive: true, force: true })
})

const points = (Object.keys(writeSteps) as WriteStep[]).flatMap((step) =>
  (['before', 'after'] as const).map((when) => ({ step, when })),
)

/** What has to happen before for a step to be met at a start. */
function killsOf({ step, when }: Pick<KillAt, 'step' | 'when'>, random: () => number): KillAt[] {
  // On a busy machine one tile and one checkpoint may take up all that came, so that only the first is sure to be met.
  const isOnce = /name|key|cut|empty|old|history|tile|checkpoint|head/u.test(step)
  const target = { step, when, occurrence: isOnce ? 1 : 1 + Math.floor(random() * 3) }
  if (step === 'delete empty segment')
    return [{ step: 'write header', when: 'after', occurrence: 1 }, target]
  if (/cut/u.test(step)) return [{ step: 'flush frames', when: 'after', occurrence: 1 }, target]
  return [target]
}

/** One life after another, each but the last with a kill; the last is told to stop, and drains. */
async function killedRun(run: number, kills: readonly KillAt[]): Promise<void> {
  const load = createLoad({ run, batches: 14, spansPerBatch: 3, senders: 3 })
  let current: Child | undefined
  let isOver = false
  const live = async (): Promise<void> => {
    for (const killAt of [...kills, undefined]) {
      current = await startChild({
        access: ledger.access('writer'),
        logDir: join(dir, String(run)),
        sequencer: { treeDir: join(dir, `${run}-tlog`), keysDir: join(dir, `${run}-keys`) },
        limits: {
          segmentAgeMaxMs: 5,
          segmentRowsMax: 12,
          dedupWindowBytes: 6_000,
          checkpointIntervalMs: 5,
          stopTimeoutMs: 120_000,
        },
        killAt,
      })
      if (isOver) current.process.kill('SIGTERM')
      // A life whose step was not met would have drained, and tested nothing.
      expect(await current.exited, JSON.stringify(killAt)).toBe(killAt === undefined ? 0 : null)
    }
  }
  const port = (): number | undefined =>
    current?.process.exitCode === null && current.process.signalCode === null
      ? current.port
      : undefined
  const living = live()
  await Promise.race([load.run(port, seeded(run)), living])
  isOver = true
  current?.process.kill('SIGTERM')
  await living
  expect(JSON.parse((await current?.line()) ?? '{}')).toMatchObject({ logBytes: 0 })
  loads.push(load)
}

it('killed at every named step, loses no acknowledged span and stores none twice', async () => {
  const left = points.flatMap((point, at) =>
    Array.from({ length: runsPerPoint }, (_, index) => ({
      run: 1_000 + at * 1_000 + index,
      point,
    })),
  )
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { run, point } = next
      await table.run(`killed ${point.when} "${point.step}"`, () =>
        killedRun(run, killsOf(point, seeded(run))),
      )
    }
  }
  await Promise.all(Array.from({ length: runsAtOnce }, worker))
  await checkLedger(ledger, loads)
  expect(loads).toHaveLength(points.length * runsPerPoint)
})

it('told to stop under load, drains: all that it acknowledged is stored when it has ended', async () => {
  await table.run('SIGTERM under load', async () => {
    const load = createLoad({ run: 900_000, batches: 200, spansPerBatch: 3, senders: 3 })
    const start = (): Promise<Child> =>
      startChild({
        access: ledger.access('writer'),
        logDir: join(dir, 'drained'),
        limits: { stopTimeoutMs: 120_000 },
      })
    let current = await start()
    const port = (): number | undefined =>
      current.process.exitCode === null ? current.port : undefined
    const sending = load.run(port, seeded(900_000))
    while (load.acknowledged.size < 60) await sleep(1)
    current.process.kill('SIGTERM')
    expect(await current.exited).toBe(0)
    await checkLedger(ledger, [...loads, load])
    current = await start()
    await sending
    current.process.kill('SIGTERM')
    expect(await current.exited).toBe(0)
    loads.push(load)
    await checkLedger(ledger, loads)
  })
})
