import { setTimeout as sleep } from 'node:timers/promises'
import { ContentKeys } from '@whodid/content'
import { systemFiles } from '@whodid/tlog-posix'
import type { CollectorOptions } from './collector-options.ts'
import { collectorLimits } from './limits.ts'
import type { CollectorLimits } from './limits.ts'
import { CollectorMeter } from './metrics/collector-meter.ts'
import type { CollectorMetrics } from './metrics/collector-meter.ts'
import { levelsOf, openLog } from './open-log.ts'
import type { OpenLog } from './open-log.ts'
import { openReceivers } from './receivers/receivers.ts'
import type { Receivers } from './receivers/receivers.ts'
import { openIdentity } from './seals/open-identity.ts'
import type { Identity } from './seals/open-identity.ts'
import { openSenders } from './senders/open-senders.ts'

/** A running collector. */
export interface Collector {
  /** `http://<host>:<port>`, the endpoint for ingest clients. */
  readonly url: string
  readonly port: number
  /** `http://<host>:<port>` of OTLP/gRPC; undefined where no `grpcPort` was asked for. */
  readonly grpcUrl: string | undefined
  readonly grpcPort: number | undefined
  metrics(): CollectorMetrics
  /** Replaces the clients that may send, from the next request on. Throws `invalid_config` for a malformed hash, and then changes nothing. */
  setIngestClients(clients: CollectorOptions['ingestClients']): void
  /** Appends records of Whodid's own; resolves when they are durable. They hold no text. */
  record(records: Parameters<OpenLog['log']['append']>[0]): Promise<void>
  /**
   * Takes events of another system's log as records of the channel `imported`; resolves when they are durable. Throws `invalid_body`
   * and the errors of the log.
   */
  takeImported: OpenLog['takeImported']
  /** Resolves when every record that is acknowledged now is in ClickHouse; waits as long as ClickHouse is down. */
  stored(): Promise<void>
  /** The log's C2SP origin. */
  readonly logOrigin: string
  /** The tenant of the sender that registered an instance token here; undefined for one that nobody did. */
  tenantOfToken(token: string): string | undefined
  /** The issuer of instance tokens that this ledger is, and the key that verifies them. */
  readonly instanceIssuer: Pick<Identity['issuer'], 'issuer' | 'trustDomain' | 'publicKey'>
  /** Resolves when a checkpoint covers every record that is acknowledged now; at once where nothing is sealed, never while sealing has failed. */
  sealed(): Promise<void>
  /**
   * Takes no more, answers the requests in flight, and waits for ClickHouse as long as `stopTimeoutMs` allows. Records that
   * are not stored by then are stored after the next start. Does NOT close the appender.
   */
  stop(): Promise<void>
}

/**
 * Starts the write path: OTLP/HTTP and OTLP/gRPC in, fsynced log, ClickHouse out.
 *
 * A request is acknowledged once its records are on the disk; a record that was acknowledged reaches ClickHouse exactly
 * once, however the process ends. Throws `invalid_config`, `store_unavailable` or `store_refused` when the log is damaged and
 * the ledger does not answer, or the system's error when the port or the directory cannot be used.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const limits: CollectorLimits = { ...collectorLimits, ...options.limits }
  const nowUnixNs = options.now ?? systemUnixNs
  const senders = openSenders(options.ingestClients, { logDir: options.logDir, nowUnixNs })
  const { authenticate, launches, named, replace } = senders
  const meter = new CollectorMeter(options.onEvent ?? ignore)
  const keys = options.keys ?? (await ContentKeys.open(`${options.logDir}/keys`))
  const opened = await openLog({
    dir: options.logDir,
    appender: options.appender,
    rows: options.rows,
    keys,
    files: options.files ?? systemFiles,
    random: options.random ?? Math.random,
    clientNamed: named,
    logOrigin: options.logOrigin,
    sequencer: options.sequencer,
    nowUnixNs,
    limits,
    meter,
  })
  const { log, inserter, quarantine, sequencer } = opened
  await launches.restore()
  const identity = await openCollectorIdentity(options, opened, nowUnixNs)
  const room = { bytes: 0 }
  const pipeline = {
    authenticate,
    launches,
    log,
    keys,
    quarantine,
    limits,
    hostCheck: options.hostCheck ?? 'any',
    room,
    nowUnixNs,
    identity,
    record: (records: Parameters<typeof log.append>[0]) => log.append(records),
  }
  const receivers = await openReceivers(options, pipeline, meter).catch(async (thrown: unknown) => {
    await closeLog(opened, sleep(limits.stopTimeoutMs, undefined, { ref: false }))
    throw thrown
  })
  const running: Running = { ...opened, receivers, timeoutMs: limits.stopTimeoutMs }
  const { httpPort: port, grpcPort } = receivers
  let stopping: Promise<void> | undefined
  const origin = originOf(options.host)
  return {
    url: `${origin}:${port}`,
    port,
    grpcUrl: grpcPort === undefined ? undefined : `${origin}:${grpcPort}`,
    grpcPort,
    metrics: () => {
      const oldestMs = inserter.oldestOpenedMs ?? log.openedMs
      const ageMs = oldestMs === undefined ? 0 : performance.now() - oldestMs
      return meter.read({
        ...levelsOf(opened),
        logBytes: log.unstoredBytes,
        unstoredSegments: inserter.waitingCount,
        oldestUnstoredAgeMs: Math.max(Math.round(ageMs), 0),
      })
    },
    setIngestClients: replace,
    record: async (records) => void (await log.append(records)),
    takeImported: opened.takeImported,
    stored: () => inserter.storedThrough(log.newestNumber),
    ...namesOf(log, identity),
    sealed: () => sequencer?.sealed() ?? Promise.resolve(),
    stop: () => (stopping ??= stop(running)),
  }
}

function namesOf(
  log: OpenLog['log'],
  { issuer, tokens }: Identity,
): Pick<Collector, 'logOrigin' | 'instanceIssuer' | 'tenantOfToken'> {
  return {
    logOrigin: log.logId,
    instanceIssuer: issuer,
    tenantOfToken: (token) => tokens.findToken(token)?.tenant,
  }
}

function originOf(host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}`
}

/** Opens the identity of instances; its key lies beside the log's. Closes the log where that fails. */
async function openCollectorIdentity(
  { logDir, sequencer, files = systemFiles, standingOf, trustedIssuers = [] }: CollectorOptions,
  opened: OpenLog,
  nowUnixNs: () => bigint,
): Promise<Identity> {
  try {
    return await openIdentity({
      files,
      keysDir: sequencer?.keysDir ?? `${logDir}/keys`,
      wrapping: sequencer?.wrapping,
      origin: opened.log.logId,
      logDir,
      nowUnixNs,
      standingOf: standingOf ?? (() => ({ standing: 'active', by: undefined })),
      trustedIssuers,
    })
  } catch (thrown) {
    await closeLog(opened, Promise.resolve())
    throw thrown
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
  { log, inserter, quarantine, sequencer, unlock }: OpenLog,
  deadline: Promise<unknown>,
): Promise<void> {
  await quarantine.close()
  await log.close()
  await Promise.race([sequencer?.stop(), deadline])
  await Promise.race([inserter.storedThrough(log.newestNumber), deadline])
  await inserter.stop()
  await unlock()
}

function systemUnixNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}

function ignore(): void {
  // The metrics count the events that nobody listens to.
}
