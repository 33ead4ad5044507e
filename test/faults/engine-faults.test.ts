import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startCollector } from '@whodid/collector'
import type { Collector } from '@whodid/collector'
import { startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import { createAppender, migrate } from '@whodid/store'
import type { Appender, StoreAccess } from '@whodid/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSql, startLedger } from '../harness/ledger.ts'
import type { Ledger } from '../harness/ledger.ts'
import { checkLedger } from './check-ledger.ts'
import { createFaultTable } from './fault-table.ts'
import { createLoad, loadExporter } from './load.ts'
import type { Load } from './load.ts'
import { seeded } from './seeded.ts'

// The engine dies or refuses while spans come in; nobody helps the collector but by ending the fault.

const times = Math.max(Number(process.env['WHODID_FAULT_RUNS'] ?? '1'), 1)
const seeds = Array.from({ length: 2 * times }, (_, index) => index)
const table = createFaultTable()
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'whodid-engine-faults-'))
})

afterAll(async () => {
  table.print(`Engine faults, real engine (${table.runs()} runs)`)
  await rm(dir, { recursive: true, force: true })
})

let runs = 0

interface Fault {
  /** The way into the ledger; may change while the run goes on. */
  readonly appender: () => Appender
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
  /** The code of the failures that the collector then tells of. */
  readonly code: string
}

/** Sends load before, through and after a fault; resolves when all of it is stored. */
async function runThrough(fault: Fault): Promise<Load> {
  runs += 1
  const load = createLoad({ run: 500_000 + runs, batches: 30, spansPerBatch: 3, senders: 3 })
  const problems: string[] = []
  const collector = await startCollector({
    host: '127.0.0.1',
    httpPort: 0,
    logDir: join(dir, String(runs)),
    ingestClients: [loadExporter],
    appender: { append: (batch) => fault.appender().append(batch) },
    limits: { segmentAgeMaxMs: 5, segmentRowsMax: 12, retryDelayMs: 5, retryDelayMaxMs: 40 },
    onEvent: ({ message }) => problems.push(message),
  })
  try {
    const sending = load.run(() => collector.port, seeded(runs))
    await fault.begin()
    await sending
    await untilRetried(collector)
    await fault.end()
    await collector.stored()
    expect(collector.metrics()).toMatchObject({ logBytes: 0, isStoreFailing: false })
    expect(problems.some((problem) => problem.startsWith(fault.code))).toBe(true)
    return load
  } finally {
    await collector.stop()
  }
}

async function untilRetried(collector: Collector): Promise<void> {
  while (collector.metrics().insertRetries < 2) await sleep(5)
}

describe('a ledger that refuses', () => {
  const loads: Load[] = []
  let ledger: Ledger

  beforeAll(async () => {
    ledger = await startLedger()
  })

  afterAll(async () => {
    await checkLedger(ledger, loads)
    await ledger.stop()
  })

  it.each(seeds)('too many parts (%i)', async () => {
    const alter = (change: string) => async () => {
      expect(await ledger.sql('migrator', `ALTER TABLE whodid.spans ${change}`)).toBe('')
    }
    await table.run('engine refuses: too many parts', async () => {
      const load = await runThrough({
        appender: () => ledger.appender,
        begin: alter('MODIFY SETTING parts_to_throw_insert = 1, parts_to_delay_insert = 1'),
        end: alter('RESET SETTING parts_to_throw_insert, parts_to_delay_insert'),
        code: 'store_unavailable',
      })
      loads.push(load)
    })
  })

  it.each([
    ['read-only', 'store_refused', (access: StoreAccess) => access],
    [
      'out of memory',
      'query_too_expensive',
      ({ url, ...rest }: StoreAccess) => ({
        ...rest,
        url: `${url}?clickhouse_setting_max_memory_usage=1000`,
      }),
    ],
  ] as const)('%s', async (name, code, spoil) => {
    for (const _ of seeds)
      await table.run(`engine refuses: ${name}`, async () => {
        const user = name === 'read-only' ? 'reader' : 'writer'
        const spoilt = createAppender(spoil(ledger.access(user)))
        let current = ledger.appender
        const load = await runThrough({
          appender: () => current,
          begin: () => Promise.resolve(void (current = spoilt)),
          end: () => Promise.resolve(void (current = ledger.appender)),
          code,
        })
        loads.push(load)
        await spoilt.close()
      })
  })
})

describe('an engine that dies', () => {
  it.each(seeds)('killed under load and started again on its port (%i)', async (seed) => {
    await table.run('engine killed', async () => {
      const ground = await startGround(`killed-${seed}`)
      try {
        await migrate(ground.access('migrator'))
        const load = await runThrough({
          appender: () => ground.appender,
          begin: async () => {
            await sleep(seeded(seed)() * 60)
            process.kill(ground.engine.processId, 'SIGKILL')
            await ground.engine.exited
          },
          end: () => ground.restart(),
          code: 'store_unavailable',
        })
        await checkLedger(ground, [load])
      } finally {
        await ground.stop()
      }
    })
  })

  it('holds what comes before the schema is there', async () => {
    await table.run('engine refuses: unknown table', async () => {
      const ground = await startGround('bare')
      try {
        const load = await runThrough({
          appender: () => ground.appender,
          begin: () => Promise.resolve(),
          end: async () => void (await migrate(ground.access('migrator'))),
          code: 'store_refused',
        })
        await checkLedger(ground, [load])
      } finally {
        await ground.stop()
      }
    })
  })
})

interface Ground extends Pick<Ledger, 'sql' | 'access' | 'appender'> {
  readonly engine: Engine
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** An engine of its own that can be started again. */
async function startGround(name: string): Promise<Ground> {
  const dataDir = join(dir, `engine-${name}`)
  let engine = await startEngine({ dataDir })
  const httpPort = Number(new URL(engine.url).port)
  const access: Ledger['access'] = (user) => ({ url: engine.url, ...engine.users[user] })
  const appender = createAppender(access('writer'))
  return {
    get engine() {
      return engine
    },
    access,
    appender,
    sql: (user, statement) => runSql(access(user), statement, {}),
    restart: async () => {
      engine = await startEngine({ dataDir, httpPort })
    },
    stop: async () => {
      await appender.close()
      await engine.stop()
    },
  }
}
