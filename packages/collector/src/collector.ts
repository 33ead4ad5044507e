import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAuthenticate } from './authenticate.ts'
import { CollectorMeter } from './collector-meter.ts'
import type { CollectorMetrics } from './collector-meter.ts'
import type { CollectorOptions } from './collector-options.ts'
import { createOtlpServer, listen } from './http/otlp-server.ts'
import { collectorLimits } from './limits.ts'
import type { CollectorLimits } from './limits.ts'
import { systemFiles } from './log/log-files.ts'
import { openLog } from './open-log.ts'
import type { OpenLog } from './open-log.ts'

/** A running collector. */
export interface Collector {
  /** `http://<host>:<port>`, the endpoint that exporters are given. */
  readonly url: string
  readonly port: number
  metrics(): CollectorMetrics
  /** Resolves when all that is acknowledged now is in ClickHouse; waits as long as ClickHouse is down. */
  stored(): Promise<void>
  /**
   * Takes no more, answers what is in flight, and waits for ClickHouse as long as `stopTimeoutMs` allows. What is not
   * stored by then is stored after the next start. Does NOT close the appender.
   */
  stop(): Promise<void>
}

/**
 * Starts the write path: OTLP/HTTP in, fsynced log, ClickHouse out.
 *
 * A request is acknowledged once its records are on the disk; a record that was acknowledged reaches ClickHouse exactly
 * once, whatever ends the process. Throws `invalid_config`, or the system's error when the port or the directory cannot
 * be used.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const limits: CollectorLimits = { ...collectorLimits, ...options.limits }
  const nowUnixNs = options.now ?? systemUnixNs
  const authenticate = createAuthenticate(options.exporters)
  const meter = new CollectorMeter(options.onEvent ?? ignore)
  const opened = await openLog({
    dir: options.logDir,
    appender: options.appender,
    files: options.files ?? systemFiles,
    random: options.random ?? Math.random,
    exporters: options.exporters,
    nowUnixNs,
    limits,
    meter,
  })
  const { log, storer, quarantine } = opened
  const room = { bytes: 0 }
  const server = createOtlpServer({ authenticate, log, quarantine, limits, room, nowUnixNs }, meter)
  const running: Running = { ...opened, server, timeoutMs: limits.stopTimeoutMs }
  const port = await listen(server, options.host, options.httpPort).catch(
    async (thrown: unknown) => {
      await stop(running)
      throw thrown
    },
  )
  let stopping: Promise<void> | undefined
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`
  return {
    url,
    port,
    metrics: () => {
      const oldestMs = storer.oldestOpenedMs ?? log.openedMs
      const ageMs = oldestMs === undefined ? 0 : performance.now() - oldestMs
      return meter.read({
        ...quarantine.levels,
        logBytes: log.unstoredBytes,
        unstoredSegments: storer.waitingCount,
        oldestUnstoredAgeMs: Math.max(Math.round(ageMs), 0),
      })
    },
    stored: () => storer.storedThrough(log.newestNumber),
    stop: () => (stopping ??= stop(running)),
  }
}

interface Running extends OpenLog {
  readonly server: Server
  readonly timeoutMs: number
}

/** Milliseconds between two looks for connections that have become idle. */
const idleLookMs = 20

async function stop({
  server,
  log,
  storer,
  quarantine,
  unlock,
  timeoutMs,
}: Running): Promise<void> {
  const deadline = sleep(timeoutMs, undefined, { ref: false })
  const closed = new Promise((resolve) => server.close(resolve))
  // A connection that was busy at the first look is closed as soon as its answer is out.
  const closing = setInterval(() => server.closeIdleConnections(), idleLookMs)
  await Promise.race([closed, deadline])
  clearInterval(closing)
  server.closeAllConnections()
  await quarantine.close()
  await log.close()
  await Promise.race([storer.storedThrough(log.newestNumber), deadline])
  await storer.stop()
  await unlock()
}

function systemUnixNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function ignore(): void {
  // The metrics count what nobody listens to.
}
