import type { Tracer } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { attribute } from '@whodid/model'
import type { Config } from './config.ts'
import { ExportQueue } from './export/export-queue.ts'
import { makeLossReport } from './export/loss-report.ts'
import { makePoster } from './export/post-spans.ts'
import { Sealer } from './seal/sealer.ts'
import { followStops, StopView } from './stop/index.ts'

/** Name and version under which the records of this SDK are known. */
const scopeName = '@whodid/sdk'
const scopeVersion = '0.1.0'

/** Longest attribute, in UTF-16 units: a backstop behind `textLengthMax`, which JSON escapes may stretch. */
const attributeLengthMax = 1_048_576

/** Records an open run or call as far as it is known. Called when the process ends before the run does. */
export type Interrupt = (reason: string) => void

/** Everything that lives from `start` to `shutdown`. */
export interface Runtime {
  readonly config: Config
  readonly tracer: Tracer
  readonly queue: ExportQueue
  /** Seals what is sent; undefined where nothing is sealed. */
  readonly sealer: Sealer | undefined
  /** In the order of their beginning. */
  readonly open: Set<Interrupt>
  /** The agents that are stopped; undefined where nobody is asked. */
  readonly stops: StopView | undefined
  /** Ends what asks about them. */
  readonly endStops: () => void
}

/** Counts that outlive a runtime, because verbs may be called before `start` and after `shutdown`. */
export const counters: {
  unstarted: number
  unconfirmedIntents: number
  blockedActions: number
  internalErrors: number
  lastInternalError: string
} = {
  unstarted: 0,
  unconfirmedIntents: 0,
  blockedActions: 0,
  internalErrors: 0,
  lastInternalError: '',
}

let active: Runtime | undefined
let wasStarted = false
const noticed = { unstarted: false, ended: false }

/** The runtime between `start` and `shutdown`; undefined before and after. */
export function activeRuntime(): Runtime | undefined {
  return active
}

export function setActiveRuntime(runtime: Runtime | undefined): void {
  active = runtime
  if (runtime !== undefined) wasStarted = true
}

/** Counts a record that no runtime makes, and says on standard error, once a process, that nothing is recorded, and why. */
export function missRecord(): void {
  counters.unstarted += 1
  const sort = wasStarted ? 'ended' : 'unstarted'
  if (noticed[sort]) return
  noticed[sort] = true
  const why = wasStarted
    ? 'a verb was used after shutdown() and before the next start()'
    : 'start() of @whodid/sdk was not called before the first verb (nor --import @whodid/sdk/register given)'
  guard(() => process.stderr.write(`whodid: NOTHING IS RECORDED: ${why}\n`), false)
}

/**
 * A pipeline of its own: never registered globally, never sampled, and deaf to the application's OpenTelemetry settings, so
 * that neither can starve the other.
 */
export function makeRuntime(config: Config): Runtime {
  const report = makeLossReport(config)
  const stops = config.revocationsFrom === '' ? undefined : new StopView()
  const sealer = config.sealing ? makeSealer(config, stops) : undefined
  const queue = new ExportQueue(
    config,
    makePoster({
      url: config.tracesUrl,
      token: config.token,
      tokenSource: config.tokenSource,
      timeoutMs: config.limits.exportTimeoutMs,
    }),
    { listener: report, sealer },
  )
  const provider = new BasicTracerProvider({
    sampler: new AlwaysOnSampler(),
    resource: resourceFromAttributes({
      [attribute.serviceName]: config.serviceName,
      'host.name': config.hostName,
      'process.pid': process.pid,
      'telemetry.sdk.name': scopeName,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': scopeVersion,
    }),
    spanLimits: {
      attributeValueLengthLimit: attributeLengthMax,
      attributeCountLimit: 256,
      linkCountLimit: 8,
      eventCountLimit: 8,
    },
    spanProcessors: [queue],
  })
  const tracer = provider.getTracer(scopeName, scopeVersion)
  report.tracer = tracer
  const source = { url: config.revocationsFrom, token: config.token }
  const endStops = stops === undefined ? () => undefined : followStops(stops, source)
  return { config, tracer, queue, sealer, open: new Set(), stops, endStops }
}

function makeSealer({ tracesUrl, token }: Config, stops: StopView | undefined): Sealer {
  const url = tracesUrl.replace(/\/v1\/traces$/u, '/v1/credentials')
  return new Sealer({ url, token, seen: () => stops?.seq ?? 0 })
}

/** Records everything that is under way as interrupted, innermost first, because the process is about to end. */
export function interruptOpen(runtime: Runtime, reason: string): void {
  for (const interrupt of [...runtime.open].toReversed()) guard(() => interrupt(reason), undefined)
  runtime.open.clear()
}

/** Runs a part of the SDK that must not throw into the agent; counts what it throws and gives `otherwise` instead. */
export function guard<T>(run: () => T, otherwise: T): T {
  try {
    return run()
  } catch (error) {
    counters.internalErrors += 1
    counters.lastInternalError = describe(error)
    return otherwise
  }
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    // An error that cannot even be printed; that it happened is counted all the same.
    return 'unprintable'
  }
}
