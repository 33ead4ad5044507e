import { setTimeout as sleep } from 'node:timers/promises'
import { readUsage } from '../process-usage.ts'
import type { Contender } from './contender.ts'
import type { SendOutcome } from './load-messages.ts'
import { countRows, fullLoadConnections } from './run-round.ts'
import type { Load } from './start-load.ts'

/** How a write path stood at one moment of a full load. */
export interface LoadSample {
  readonly atSeconds: number
  readonly collectorBytes: number
  readonly engineBytes: number
  /** CPU of both since they started. */
  readonly cpuSeconds: number
  /** Of the log, not yet in the engine; undefined where there is no such log. */
  readonly logBytes: number | undefined
  /** Since the load began. */
  readonly spansStored: number
}

/** All that a full load gives. */
export interface FullLoad {
  readonly samples: readonly LoadSample[]
  readonly outcome: SendOutcome
}

/** Whom to load, with what was prepared, for how long. */
export interface FullLoadOrder {
  readonly contender: Contender
  readonly load: Load
  readonly seconds: number
  readonly say: (line: string) => void
}

const sampleMs = 1_000
const samplesBetweenLines = 30

/** Sends as fast as it is acknowledged for so many seconds, and looks at the contender every second and once at the end. */
export async function holdFullLoad(order: FullLoadOrder): Promise<FullLoad> {
  const { contender, load, seconds, say } = order
  const samples: LoadSample[] = []
  const rowsBefore = await countRows(contender.sql, contender.spansTable)
  const startedMs = performance.now()
  const look = async (): Promise<void> => {
    const atSeconds = (performance.now() - startedMs) / 1000
    samples.push(await takeSample(contender, { atSeconds, rowsBefore }))
  }
  const sending = { over: false }
  const sent = load
    .send({
      target: contender.target,
      gzip: false,
      connections: fullLoadConnections,
      spansPerSecond: null,
      amount: { seconds },
      probe: null,
    })
    .finally(() => {
      sending.over = true
    })
  // Awaited below; a sampler that fails first must not leave it unheard.
  sent.catch(() => undefined)
  while (!sending.over) {
    await look()
    if (samples.length % samplesBetweenLines === 0) say(JSON.stringify(samples.at(-1)))
    await sleep(sampleMs)
  }
  const outcome = await sent
  await look()
  return { samples, outcome }
}

async function takeSample(
  { sql, spansTable, collectorProcessId, engine, logBytes }: Contender,
  { atSeconds, rowsBefore }: { readonly atSeconds: number; readonly rowsBefore: number },
): Promise<LoadSample> {
  const [collector, stored] = [readUsage(collectorProcessId), readUsage(engine.processId)]
  return {
    atSeconds,
    collectorBytes: collector.residentBytes,
    engineBytes: stored.residentBytes,
    cpuSeconds: collector.cpuSeconds + stored.cpuSeconds,
    logBytes: await logBytes?.(),
    spansStored: (await countRows(sql, spansTable)) - rowsBefore,
  }
}
