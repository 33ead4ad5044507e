import { setTimeout as sleep } from 'node:timers/promises'
import { ContentKeys } from '@whodid/content'
import { knowExporters } from './authenticate.ts'
import { CollectorMeter } from './collector-meter.ts'
import type { CollectorMetrics } from './collector-meter.ts'
import type { CollectorOptions } from './collector-options.ts'
import { collectorLimits } from './limits.ts'
import type { CollectorLimits } from './limits.ts'
import { systemFiles } from './log/log-files.ts'
import { openLog } from './open-log.ts'
import type { OpenLog } from './open-log.ts'
import { openReceivers } from './receivers.ts'
import type { Receivers } from './receivers.ts'
import { noSeal } from './seal/sealer-options.ts'

/** A running collector. */
export interface Collector {
  /** `http://<host>:<port>`, the endpoint that exporters are given. */
  readonly url: string
  readonly port: number
  /** `http://<host>:<port>` of OTLP/gRPC; undefined where no `grpcPort` was asked for. */
  readonly grpcUrl: string | undefined
  readonly grpcPort: number | undefined
  metrics(): CollectorMetrics
  /** Who may send from the next request on. Throws `invalid_config` for a token's hash that is none, and then nothing changes. */
  setExporters(exporters: CollectorOptions['exporters']): void
  /** Appends records of Whodid's own; resolves when they are durable. They hold no text. */
  record(records: Parameters<OpenLog['log']['append']>[0]): Promise<void>
  /** Resolves when all that is acknowledged now is in ClickHouse; waits as long as ClickHouse is down. */
  stored(): Promise<void>
  /** The log's C2SP origin. */
  readonly logOrigin: string
  /** Resolves when a checkpoint covers all that is acknowledged now; at once where nothing is sealed, never while sealing has failed. */
  sealed(): Promise<void>
  /**
   * Takes no more, answers what is in flight, and waits for ClickHouse as long as `stopTimeoutMs` allows. What is not
   * stored by then is stored after the next start. Does NOT close the appender.
   */
  stop(): Promise<void>
}

/**
 * Starts the write path: OTLP/HTTP and OTLP/gRPC in, fsynced log, ClickHouse out.
 *
 * A request is acknowledged once its records are on the disk; a record that was acknowledged reaches ClickHouse exactly
 * once, whatever ends the process. Throws `invalid_config`, what the ledger throws when the log is
 * damaged and it does not answer, or the system's error when the port or the directory cannot
 * be used.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const limits: CollectorLimits = { ...collectorLimits, ...options.limits }
  const nowUnixNs = options.now ?? systemUnixNs
  const { authenticate, named, replace } = knowExporters(options.exporters)
  const meter = new CollectorMeter(options.onEvent ?? ignore)
  const keys = options.keys ?? (await ContentKeys.open(`${options.logDir}/keys`))
  const opened = await openLog({
    dir: options.logDir,
    appender: options.appender,
    rows: options.rows,
    keys,
    files: options.files ?? systemFiles,
    random: options.random ?? Math.random,
    exporterNamed: named,
    logOrigin: options.logOrigin,
    seal: options.seal,
    nowUnixNs,
    limits,
    meter,
  })
  const { log, storer, quarantine, sealer } = opened
  const room = { bytes: 0 }
  const { hostCheck = 'any' } = options
  const pipeline = { authenticate, log, keys, quarantine, limits, hostCheck, room, nowUnixNs }
  const receivers = await openReceivers(options, pipeline, meter).catch(async (thrown: unknown) => {
    await closeLog(opened, sleep(limits.stopTimeoutMs, undefined, { ref: false }))
    throw thrown
  })
  const running: Running = { ...opened, receivers, timeoutMs: limits.stopTimeoutMs }
  const { httpPort: port, grpcPort } = receivers
  let stopping: Promise<void> | undefined
  const origin = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}`
  return {
    url: `${origin}:${port}`,
    port,
    grpcUrl: grpcPort === undefined ? undefined : `${origin}:${grpcPort}`,
    grpcPort,
    metrics: () => {
      const oldestMs = storer.oldestOpenedMs ?? log.openedMs
      const ageMs = oldestMs === undefined ? 0 : performance.now() - oldestMs
      return meter.read({
        ...quarantine.levels,
        ...(sealer?.levels ?? noSeal),
        logBytes: log.unstoredBytes,
        unstoredSegments: storer.waitingCount,
        oldestUnstoredAgeMs: Math.max(Math.round(ageMs), 0),
      })
    },
    setExporters: replace,
    record: async (records) => {
      await log.append(records)
    },
    stored: () => storer.storedThrough(log.newestNumber),
    logOrigin: log.logId,
    sealed: () => sealer?.sealed() ?? Promise.resolve(),
    stop: () => (stopping ??= stop(running)),
  }
}

interface Running extends OpenLog {
  readonly receivers: Receivers
  readonly timeoutMs: number
}

async function stop({ receivers, timeoutMs, ...opened }: Running): Promise<void> {
  const deadline = sleep(timeoutMs, undefined, { ref: false })
  await receivers.close(deadline)
  await closeLog(opened, deadline)
}

async function closeLog(
  { log, storer, quarantine, sealer, unlock }: OpenLog,
  deadline: Promise<unknown>,
): Promise<void> {
  await quarantine.close()
  await log.close()
  await Promise.race([sealer?.stop(), deadline])
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
