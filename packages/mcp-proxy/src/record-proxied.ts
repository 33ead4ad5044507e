import type { Readable, Writable } from 'node:stream'
import { agent, health, shutdown, start } from '@whodid/sdk'
import type { StartOptions } from '@whodid/sdk'
import { droppedCarriers } from './observe/caller.ts'
import type { ToolRule } from './observe/describe-call.ts'
import type { ObserveOptions } from './observe/open-seen-call.ts'
import { proxyStdio } from './transport/proxy-stdio.ts'
import { startHttpProxy } from './transport/start-http-proxy.ts'
import type { Unobserved } from './transport/message-text.ts'

/** The server behind the proxy, and the client's side of it. */
export type ProxyTarget =
  | {
      readonly kind: 'stdio'
      readonly command: readonly string[]
      readonly input: Readable
      readonly output: Writable
    }
  | {
      readonly kind: 'http'
      readonly upstream: URL
      readonly host: string
      readonly port: number
      /** Receives the endpoint for the client once the proxy listens. */
      readonly onListening: (url: string) => void
    }

/** A proxy and how it records. */
export interface RecordProxiedOptions {
  readonly target: ProxyTarget
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The server's name in resources. Default: what the server calls itself; over HTTP its host. */
  readonly server?: string | undefined
  /** The agent that the client is, where no run is in the environment. Default: `WHODID_AGENT_TEMPLATE`, then nobody. */
  readonly template?: string | undefined
  /** The person it acts for. Default: `WHODID_DELEGATOR`. */
  readonly onBehalfOf?: string | undefined
  readonly rules: ReadonlyMap<string, ToolRule>
  readonly carry: 'all' | 'trace' | 'none'
  readonly requireLedger: boolean
  /** True refuses a call that can change something while it is not known which agents are stopped. Default: it runs. */
  readonly requireStanding?: boolean
  readonly stopping: AbortSignal
  /** Receives each line for the person who reads standard error. */
  readonly tell: (line: string) => void
}

/** Longest that a record is waited for at the end, in milliseconds. An MCP client waits 2 s for its server to end. */
const lastFlushMs = 1_500

/**
 * Stands between an MCP client and a server until either ends, and records every call that passes. Resolves with the exit code: the server's,
 * or 0. The calls are those of the run that the environment names; without one, of a new run of `template`; without that, of nobody,
 * which the ledger shows as a gap. With `WHODID_REVOCATIONS_FROM` or `WHODID_API_URL`, a call of an agent that is stopped is refused. Throws `invalid_config` and `invalid_parameter` before anything passes.
 */
export async function recordProxied(options: RecordProxiedOptions): Promise<number> {
  const { environment, tell } = options
  const template = options.template ?? said(environment['WHODID_AGENT_TEMPLATE'])
  const isInRun = said(environment['WHODID_AGENT_INSTANCE']) !== undefined
  const unobserved: Unobserved = { tooLong: 0, unreadable: 0 }
  const begin = (serviceName: string): void => {
    if (!health().started) start(startOptions(options, serviceName))
  }
  const observe: ObserveOptions & { unobserved: Unobserved } = {
    server: options.server,
    rules: options.rules,
    carry: options.carry,
    requireLedger: options.requireLedger,
    // The name of the client's program is that of the service whose acts these are.
    onClient: (name) => {
      begin(name === '' ? unknownClient : name)
    },
    unobserved,
  }
  if (!isInRun && template !== undefined) begin(template)
  else if (options.target.kind === 'http') begin(unknownClient)
  else {
    // Started in earnest when the client has said its name; a setting that cannot be is told before anything passes.
    begin(unknownClient)
    await shutdown(0)
  }
  if (!isInRun && template === undefined) tell(nobodyNotice)
  const run = (): Promise<number> => serve(options, observe)
  const code =
    isInRun || template === undefined ? await run() : await agent({ template }, () => run())
  if (health().started && !(await shutdown(lastFlushMs))) tell(lossText())
  tellUnobserved(unobserved, tell)
  return code
}

const unknownClient = 'unknown_service:mcp-client'

const nobodyNotice =
  'no run is in the environment (WHODID_AGENT_INSTANCE) and no --template is given: the calls are recorded without an agent'

function startOptions(options: RecordProxiedOptions, serviceName: string): StartOptions {
  const { environment, onBehalfOf, requireLedger, requireStanding = false } = options
  const own = said(environment['WHODID_INGEST_TOKEN']) ?? said(environment['WHODID_TOKEN'])
  const relayed = bearerOf(environment['OTEL_EXPORTER_OTLP_HEADERS'] ?? '')
  // A credential goes to the endpoint beside which it stands.
  const isRelay = said(environment['WHODID_ENDPOINT']) === undefined && relayed !== undefined
  const token = isRelay ? relayed : (own ?? relayed)
  return {
    ...(said(environment['OTEL_SERVICE_NAME']) === undefined ? { serviceName } : {}),
    ...(token === undefined ? {} : { token }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    onUnrecorded: requireLedger ? 'block' : 'allow',
    ...ordersFrom(environment),
    requireStanding: requireStanding ? 'writes' : 'none',
  }
}

/** The service whose orders are obeyed. Below `whodid run` it is the launcher that obeys: the run's token does not open the stream. */
function ordersFrom(
  environment: RecordProxiedOptions['environment'],
): Pick<StartOptions, 'revocationsFrom'> {
  const isLaunched = said(environment['WHODID_RUN_INSTANCE']) !== undefined
  const api = isLaunched ? undefined : said(environment['WHODID_API_URL'])
  const revocationsFrom = said(environment['WHODID_REVOCATIONS_FROM']) ?? api
  return revocationsFrom === undefined ? {} : { revocationsFrom }
}

/** The bearer token among the headers that OpenTelemetry's variable lists; undefined where there is none. */
function bearerOf(headers: string): string | undefined {
  for (const header of headers.split(',')) {
    const [key = '', ...rest] = header.split('=')
    if (key.trim().toLowerCase() !== 'authorization') continue
    return /^bearer\s+(\S+)$/iu.exec(decoded(rest.join('=').trim()))?.[1]
  }
  return undefined
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Not encoded, whatever the specification says.
    return value
  }
}

async function serve(
  { target, environment, stopping }: RecordProxiedOptions,
  observe: ObserveOptions & { unobserved: Unobserved },
): Promise<number> {
  if (target.kind === 'stdio') return proxyStdio({ ...observe, ...target, environment, stopping })
  const server = observe.server ?? target.upstream.host
  const proxy = await startHttpProxy({ ...observe, ...target, server })
  target.onListening(proxy.url)
  if (!stopping.aborted)
    await new Promise((resolve) => {
      stopping.addEventListener('abort', resolve, { once: true })
    })
  await proxy.close()
  return 0
}

function lossText(): string {
  const { dropped, pending, lastError } = health()
  const lost = dropped.queueFull + dropped.rejected + dropped.undelivered + pending
  return `${lost} records were not stored: ${lastError === '' ? 'the ledger did not answer' : lastError}`
}

function tellUnobserved({ tooLong, unreadable }: Unobserved, tell: (line: string) => void): void {
  if (tooLong > 0) tell(`${tooLong} messages were too long to be recorded`)
  if (unreadable > 0) tell(`${unreadable} messages could not be read, and were not recorded`)
  if (droppedCarriers.count > 0)
    tell(`${droppedCarriers.count} carriers of a trace were too long, and were not followed`)
}

function said(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}
