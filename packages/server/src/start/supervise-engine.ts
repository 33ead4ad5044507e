import { setTimeout as sleep } from 'node:timers/promises'
import { forEachUser, startEngine } from '@whodid/engine'
import type { Engine } from '@whodid/engine'
import type { LedgerAccess } from '../config/read-ledger.ts'
import type { OnServiceEvent, Started } from './startup-context.ts'

export interface SuperviseEngineOptions {
  readonly dataDir: string
  readonly memoryBytesMax: number | undefined
  readonly onEvent: OnServiceEvent
}

/** Milliseconds before the first restart, and at most; doubled from one to the next. */
const restartDelayMs = 500
const restartDelayMsMax = 30_000

/**
 * Starts the engine and starts it again whenever it ends before `stop`. The access stays valid: port and passwords are kept. While the
 * engine is down the collector takes spans into its log, and stores them when the engine is back. Throws as `startEngine` does when the first start fails.
 */
export async function superviseEngine(
  options: SuperviseEngineOptions,
): Promise<Started<LedgerAccess>> {
  const { onEvent } = options
  const stopping = new AbortController()
  let engine: Engine | undefined = await start(options, 0)
  const httpPort = Number(new URL(engine.url).port)
  const access = accessOf(engine)
  onEvent({ event: 'engine_started', url: engine.url, version: engine.version })

  async function watch(): Promise<void> {
    for (;;) {
      const message = (await engine?.exited) ?? ''
      engine = undefined
      if (stopping.signal.aborted) return
      onEvent({ event: 'engine_exited', message })
      engine = await restart({ options, httpPort, signal: stopping.signal })
      if (engine === undefined) return
      // The service may have stopped while the engine was on its way up: then nobody else will end it.
      if (isAborted(stopping.signal)) return engine.stop()
      onEvent({ event: 'engine_restarted', url: engine.url, version: engine.version })
    }
  }

  const watching = watch()
  return {
    value: access,
    stop: async () => {
      stopping.abort()
      await engine?.stop()
      await watching
    },
  }
}

/** A call, because the compiler takes a property for unchanged over an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}

interface Restart {
  readonly options: SuperviseEngineOptions
  readonly httpPort: number
  readonly signal: AbortSignal
}

/** Tries until the engine is up; undefined when the service stops first. */
async function restart({ options, httpPort, signal }: Restart): Promise<Engine | undefined> {
  for (let delayMs = restartDelayMs; ; delayMs = Math.min(delayMs * 2, restartDelayMsMax)) {
    await sleep(delayMs, undefined, { signal }).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown
    })
    if (signal.aborted) return undefined
    try {
      return await start(options, httpPort)
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      options.onEvent({
        event: 'warning',
        message: `ClickHouse did not start again: ${why}; the next try comes by itself`,
      })
    }
  }
}

function start(
  { dataDir, memoryBytesMax }: SuperviseEngineOptions,
  httpPort: number,
): Promise<Engine> {
  return startEngine({
    dataDir,
    httpPort,
    ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
  })
}

function accessOf({ url, users }: Engine): LedgerAccess {
  return forEachUser((user) => ({ url, ...users[user] }))
}
