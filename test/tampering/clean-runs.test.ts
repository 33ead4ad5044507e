import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAppender } from '@whodid/store'
import type { Appender } from '@whodid/store'
import { WhodidError } from '@whodid/model'
import { loadExporter } from '../faults/load.ts'
import { seeded } from '../faults/seeded.ts'
import { writeSteps } from '../faults/write-steps.mjs'
import type { WriteStep } from '../faults/write-steps.mjs'
import { actOn, requestBody, resumeCustody } from './clean-acts.ts'
import type { OperatorAct } from './clean-acts.ts'
import { startCleanLedger } from './clean-ledger.ts'
import type { CleanLedger } from './clean-ledger.ts'
import { startLife } from './start-life.ts'
import type { Death, Life } from './start-life.ts'

// One ledger on the real engine lives through run after run of what may happen to an honest one: crashes at named steps of the
// write path, resent requests, repeated inserts, merges, new keys, erasures, pruned months. No verification may find anything:
// not after a run, and not while the collector is down.

/** `WHODID_CLEAN_RUNS=1000` makes a thousand. */
const runs = Math.max(Number(process.env['WHODID_CLEAN_RUNS'] ?? '50'), 10)
const seed = Number(process.env['WHODID_CLEAN_SEED'] ?? '20261122')
/** The whole ledger is verified after so many. */
const wholeEvery = 20

const steps = Object.keys(writeSteps) as WriteStep[]
const acts: readonly OperatorAct[] = [
  'rotate',
  'erase',
  'expire',
  'prune',
  'hold',
  'merge',
  'merge',
]

let ledger: CleanLedger
let appender: Appender
let lives = 0
const met = { deaths: 0, repeatedInserts: 0, resent: 0, verifiedWhileDown: 0, rows: 0 }
const done: Partial<Record<OperatorAct, number>> = {}

beforeAll(async () => {
  ledger = await startCleanLedger()
  appender = createAppender(ledger.engine.access('writer'))
})

afterAll(async () => {
  const text = `Clean runs (seed ${seed}): ${JSON.stringify({ runs, ...met, ...done })}`
  process.stdout.write(`${text}\n`)
  await appender.close()
  await ledger.stop()
})

function deathOf(random: () => number): Death | undefined {
  if (random() < 0.25) return undefined
  const step = steps[Math.floor(random() * steps.length)] ?? 'insert'
  const when = random() < 0.5 ? 'before' : 'after'
  return { step, when, occurrence: 1 + Math.floor(random() * 2) }
}

/** Inserts that fail before or after they took effect, and are repeated under their token. */
function faultyAppender(random: () => number): Pick<Appender, 'append'> {
  const failure = (): WhodidError => new WhodidError('store_unavailable', 'simulated')
  return {
    append: async (batch) => {
      const fate = random()
      if (fate < 0.1) throw failure()
      await appender.append(batch)
      if (fate > 0.2) return
      met.repeatedInserts += 1
      throw failure()
    },
  }
}

async function begin(random: () => number, death?: Death): Promise<Life> {
  lives += 1
  const life = await startLife({
    death,
    root: ledger.root,
    number: lives,
    httpPort: 0,
    logOrigin: 'clean.test/log',
    ingestClients: [loadExporter],
    appender: faultyAppender(random),
    keys: ledger.keys,
    sequencer: { treeDir: `${ledger.root}/tlog`, keysDir: ledger.keysDir },
    now: ledger.now,
    random,
    limits: {
      segmentAgeMaxMs: 5,
      segmentRowsMax: 12,
      dedupWindowBytes: 60_000,
      checkpointIntervalMs: 50,
      retryDelayMs: 1,
      retryDelayMaxMs: 10,
      stopTimeoutMs: 60_000,
    },
  })
  if (!life.isDead()) await Promise.race([resumeCustody(ledger, life), life.died])
  return life
}

/** Does something in a life; when that ends, verifies what it left, and does it again in the next. */
class Machine {
  readonly #random: () => number
  readonly #from: number
  #life: Life

  private constructor(random: () => number, from: number, life: Life) {
    this.#random = random
    this.#from = from
    this.#life = life
  }

  static async start(random: () => number, from: number): Promise<Machine> {
    return new Machine(random, from, await begin(random, deathOf(random)))
  }

  async lives(act: (life: Life) => Promise<unknown>): Promise<void> {
    for (;;) {
      if (!this.#life.isDead()) await Promise.race([act(this.#life), this.#life.died])
      if (!this.#life.isDead()) return
      met.deaths += 1
      met.verifiedWhileDown += 1
      expect((await ledger.verifyFrom(this.#from)).findings, 'while it is down').toEqual([])
      this.#life = await begin(this.#random)
    }
  }

  async end(): Promise<void> {
    if (this.#random() < 0.5) await this.#life.collector?.stop()
    else await this.#life.kill()
  }
}

async function post({ collector }: Life, body: string): Promise<void> {
  const answer = await fetch(`${collector?.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: 'Bearer whodid-test-token', 'content-type': 'application/json' },
    body,
  })
  expect(answer.status, await answer.text()).toBe(200)
}

async function oneRun(run: number, from: number): Promise<number> {
  const random = seeded(seed + run)
  ledger.wait(random() * 60)
  const machine = await Machine.start(random, from)
  const count = 2 + Math.floor(random() * 4)
  const bodies = Array.from({ length: count }, (_, n) => requestBody(`${seed} ${run} ${n}`, random))
  for (const body of bodies) {
    await machine.lives((life) => post(life, body))
    if (random() < 0.3) await machine.lives((life) => ((met.resent += 1), post(life, body)))
  }
  const act = random() < 0.5 ? acts[Math.floor(random() * acts.length)] : undefined
  if (act !== undefined) {
    let isBegun = false
    await machine.lives(async (life) => {
      // What a death interrupts is taken up by the next life itself.
      if (isBegun) return
      isBegun = true
      await actOn(ledger, life, { act, random })
    })
    done[act] = (done[act] ?? 0) + 1
  }
  await machine.lives(async ({ collector }) => {
    await collector?.stored()
    await collector?.sealed()
  })

  const { findings, size, rowCount, pendingCount } = await ledger.verifyFrom(from)
  expect(findings, 'after the run').toEqual([])
  expect(size).toBeGreaterThan(from)
  expect(rowCount + pendingCount).toBe(size - from)
  met.rows += rowCount

  await machine.end()
  return size
}

test(
  `finds nothing in ${runs} clean runs, and one changed byte in the end`,
  { timeout: 600_000 + runs * 10_000 },
  async () => {
    let size = 0
    let last = 0
    for (let run = 0; run < runs; run += 1) {
      if (run > 0 && run % 100 === 0) process.stderr.write(`${run} clean runs of ${runs}\n`)
      try {
        last = size
        size = await oneRun(run, size)
        if ((run + 1) % wholeEvery === 0 || run === runs - 1)
          expect((await ledger.verifyAll()).findings, 'the whole ledger').toEqual([])
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown)
        throw new Error(`run ${run} of seed ${seed}: ${why}`, { cause: thrown })
      }
    }
    expect(met.deaths).toBeGreaterThan(runs / 5)
    expect(met.repeatedInserts).toBeGreaterThan(runs / 10)
    const { rowCount } = await ledger.verifyAll()
    expect(rowCount).toBeGreaterThan(0)
    // A verification that can find nothing would have found nothing too.
    await ledger.engine.dba(
      `ALTER TABLE whodid.spans UPDATE verb = 'read' WHERE log_index = ${last}`,
    )
    const codes = (await ledger.verifyAll()).findings.map(({ code }) => code)
    // And the act, where the row is one: the table beside the records has what it was.
    expect(codes.filter((code) => code !== 'act_mismatch')).toEqual(['row_mismatch'])
  },
)
