import { setTimeout as sleep } from 'node:timers/promises'
import { readUsage } from '../process-usage.ts'
import type { SendOutcome } from './load-messages.ts'
import { countRows } from './run-round.ts'
import type { SoakSample } from './soak-measures.ts'
import type { Load } from './start-load.ts'
import type { WhodidContender } from './start-whodid.ts'

/** Whodid, and what loads it. */
export interface Soak {
  readonly whodid: WhodidContender
  readonly load: Load
  readonly say: (line: string) => void
}

const connections = 8
const sampleMs = 1_000

/** Sends what is prepared over and over for so many seconds, and looks at Whodid every second. */
export async function soakAtFullLoad(
  { whodid, load, say }: Soak,
  seconds: number,
): Promise<{ samples: SoakSample[]; outcome: SendOutcome }> {
  const samples: SoakSample[] = []
  const startedMs = performance.now()
  const sending = { over: false }
  const { target } = whodid
  const order = { target, connections, spansPerSecond: null, seconds, probe: null }
  const sent = load.send(order).finally(() => {
    sending.over = true
  })
  // Awaited below; a sampler that fails first must not leave it unheard.
  sent.catch(() => undefined)
  while (!sending.over) {
    samples.push(await takeSample(whodid, (performance.now() - startedMs) / 1000))
    if (samples.length % 30 === 0) say(JSON.stringify(samples.at(-1)))
    await sleep(sampleMs)
  }
  return { samples, outcome: await sent }
}

async function takeSample(whodid: WhodidContender, atSeconds: number): Promise<SoakSample> {
  const metrics = await whodid.collectorMetrics()
  return {
    atSeconds,
    collectorBytes: readUsage(whodid.collectorProcessId).residentBytes,
    engineBytes: readUsage(whodid.engine.processId).residentBytes,
    logBytes: metrics.logBytes,
    spansStored: await countRows(whodid.sql, whodid.spansTable),
  }
}
