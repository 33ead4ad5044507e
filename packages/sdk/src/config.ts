import { hostname } from 'node:os'
import { printableLine, trimEnd, WhodidError } from '@whodid/model'
import type { AgentIdentity, Principal } from './context/identity.ts'
import { parsePrincipal } from './context/identity.ts'

/**
 * The amounts of text that may leave the process. Hashes always leave it.
 *
 * @example
 * start({ capture: captureModes.find((mode) => mode === process.env.CAPTURE) ?? 'redacted' })
 */
export const captureModes = ['none', 'hash', 'redacted', 'full'] as const
export type Capture = (typeof captureModes)[number]

/** The fate of an action whose intent the collector did not acknowledge in time: run it and count it, or refuse it. */
export type OnUnrecorded = 'allow' | 'block'

/** The calls that are not run while it is not known which agents are stopped: none, those that can change something, or all. */
export type RequireStanding = 'none' | 'writes' | 'all'

/** The reasons for which records are lost. */
export type LossReason = 'queueFull' | 'rejected' | 'undelivered'

/** One loss, as `onLoss` receives it. */
export interface Loss {
  readonly reason: LossReason
  /** Records lost now. */
  readonly count: number
  /** Records lost since `start`, for whatever reason. */
  readonly total: number
  /** The words of the collector or the network; '' when there are none. */
  readonly detail: string
}

/**
 * Bounds of the export queue. Each has a default that suits an agent of up to some thousand records a second.
 *
 * @example
 * start({ limits: { queueSpansMax: 10_000, scheduledDelayMs: 1_000 } })
 */
export interface ExportLimits {
  /** Records held while they wait for the collector; what comes beyond is lost and counted. Default 65,536. */
  readonly queueSpansMax?: number
  /** Bytes of text held while records wait, estimated. Default 67,108,864 (64 MiB). */
  readonly queueBytesMax?: number
  /** Records in one request. Default 512. */
  readonly batchSpansMax?: number
  /** Longest that a record waits for company before it is sent, in milliseconds. Default 200. */
  readonly scheduledDelayMs?: number
  /** Longest that one request may take, in milliseconds. Default 10,000. */
  readonly exportTimeoutMs?: number
  /** First pause after a failed request, doubled up to `retryDelayMsMax`, with jitter. Default 500. */
  readonly retryDelayMs?: number
  /** Longest pause after a failed request. Default 30,000. */
  readonly retryDelayMsMax?: number
}

/**
 * Settings of {@link start}. Each falls back to its environment variable, then to its default.
 *
 * @example
 * const options: StartOptions = { serviceName: 'triage', endpoint: 'https://whodid.acme.example' }
 */
export interface StartOptions {
  /** `service.name` of this process. `OTEL_SERVICE_NAME`; default: the agent's template, then `unknown_service:node`. */
  readonly serviceName?: string
  /** Base URL of the collector. `WHODID_ENDPOINT`, `OTEL_EXPORTER_OTLP_ENDPOINT`; default `http://127.0.0.1:4318`. */
  readonly endpoint?: string
  /**
   * Bearer token for the collector, of the kind "ingest". `WHODID_INGEST_TOKEN`, then `WHODID_TOKEN` (with which the `whodid` command reads:
   * where both run in one environment, set the former); default: none is sent.
   */
  readonly token?: string
  /** The amount of text that leaves the process. `WHODID_CAPTURE`; default `redacted`. */
  readonly capture?: Capture
  /** The agent that `agent()` runs when it names none. `WHODID_AGENT_TEMPLATE` gives its template. */
  readonly agent?: AgentIdentity
  /** The delegator of agents that name none. `WHODID_DELEGATOR`; default: nobody is named, which the ledger shows as a gap. */
  readonly onBehalfOf?: Principal | string
  /** `block` refuses an action whose intent could not be recorded first. Default `allow`. */
  readonly onUnrecorded?: OnUnrecorded
  /** Longest that an action waits for its intent to be acknowledged, in milliseconds. Default 2,000. 0: intents are sent and not waited for. */
  readonly intentTimeoutMs?: number
  /** Longest text kept of one prompt, plan, argument list or result, in UTF-16 units; the rest is cut with a marker. Default 32,768. */
  readonly textLengthMax?: number
  /** Longest that the process is held open at its end to deliver what is left, in milliseconds. Default 3,000. */
  readonly exitFlushMs?: number
  /** True flushes when the process ends, crashes or gets SIGTERM or SIGINT. Default true. */
  readonly exitHooks?: boolean
  /**
   * Base URL of the API whose orders to stop agents are obeyed, such as `http://127.0.0.1:4320`. `WHODID_REVOCATIONS_FROM`; default: none
   * are.
   */
  readonly revocationsFrom?: string
  /**
   * With `revocationsFrom`: the calls that are refused when nothing has been heard of the orders for 10 s (`standing_unknown`). Default
   * `writes`.
   */
  readonly requireStanding?: RequireStanding
  /**
   * `on` seals each batch with a key of the instance, which never leaves the process; the collector issues the instance's token and verifies
   * the seal, and what it verifies is graded `attested`. `WHODID_SEALING`; default `off`.
   */
  readonly sealing?: 'on' | 'off'
  readonly limits?: ExportLimits
  /** Receives each loss. Its errors are ignored. */
  readonly onLoss?: (loss: Loss) => void
}

/** {@link StartOptions}, checked and complete. */
export interface Config {
  readonly serviceName: string
  readonly hostName: string
  readonly tracesUrl: string
  readonly token: string
  /** The setting that gave the token, for messages; '' when there is none. */
  readonly tokenSource: string
  readonly capture: Capture
  readonly agent: AgentIdentity | undefined
  readonly onBehalfOf: Principal | undefined
  readonly onUnrecorded: OnUnrecorded
  readonly intentTimeoutMs: number
  readonly textLengthMax: number
  readonly exitFlushMs: number
  readonly exitHooks: boolean
  /** Without a slash at its end; '' where no orders are obeyed. */
  readonly revocationsFrom: string
  readonly requireStanding: RequireStanding
  readonly sealing: boolean
  readonly limits: Required<ExportLimits>
  readonly onLoss: ((loss: Loss) => void) | undefined
}

export const limitDefaults: Required<ExportLimits> = {
  queueSpansMax: 65_536,
  queueBytesMax: 64 * 1024 * 1024,
  batchSpansMax: 512,
  scheduledDelayMs: 200,
  exportTimeoutMs: 10_000,
  retryDelayMs: 500,
  retryDelayMsMax: 30_000,
}

/** Checks the options of `start` against the environment. Throws `invalid_config`. */
export function resolveConfig(options: StartOptions, env: NodeJS.ProcessEnv): Config {
  const agent = resolveAgent(options, env)
  const behalf = options.onBehalfOf ?? said(env['WHODID_DELEGATOR'])
  const serviceName = options.serviceName ?? said(env['OTEL_SERVICE_NAME']) ?? agent?.template
  return {
    serviceName: text('serviceName', serviceName ?? 'unknown_service:node'),
    hostName: hostname(),
    tracesUrl: resolveEndpoint(options, env),
    ...resolveToken(options, env),
    agent,
    onBehalfOf: behalf === undefined ? undefined : parsePrincipal(behalf, 'onBehalfOf'),
    limits: resolveLimits(options.limits ?? {}),
    ...resolveBehaviour(options, env),
  }
}

function resolveBehaviour(
  options: StartOptions,
  env: NodeJS.ProcessEnv,
): Omit<
  Config,
  | 'serviceName'
  | 'hostName'
  | 'tracesUrl'
  | 'token'
  | 'tokenSource'
  | 'agent'
  | 'onBehalfOf'
  | 'limits'
> {
  const capture = options.capture ?? said(env['WHODID_CAPTURE']) ?? 'redacted'
  return {
    capture: oneOf('capture', captureModes, capture),
    onUnrecorded: oneOf('onUnrecorded', ['allow', 'block'], options.onUnrecorded ?? 'allow'),
    intentTimeoutMs: whole('intentTimeoutMs', options.intentTimeoutMs ?? 2000, [0, 600_000]),
    textLengthMax: whole('textLengthMax', options.textLengthMax ?? 32_768, [256, 1_048_576]),
    exitFlushMs: whole('exitFlushMs', options.exitFlushMs ?? 3000, [0, 60_000]),
    exitHooks: options.exitHooks ?? true,
    revocationsFrom: resolveRevocationsFrom(options, env),
    requireStanding: oneOf(
      'requireStanding',
      ['none', 'writes', 'all'],
      options.requireStanding ?? 'writes',
    ),
    sealing:
      oneOf('sealing', ['on', 'off'], options.sealing ?? said(env['WHODID_SEALING']) ?? 'off') ===
      'on',
    onLoss: callback(options.onLoss),
  }
}

function resolveRevocationsFrom(options: StartOptions, env: NodeJS.ProcessEnv): string {
  const given = options.revocationsFrom ?? said(env['WHODID_REVOCATIONS_FROM'])
  if (given === undefined) return ''
  if (!/^https?:\/\//u.test(given) || !URL.canParse(given))
    throw invalid('revocationsFrom', 'an http or https URL', given)
  return trimEnd(new URL(given).href, '/')
}

function resolveAgent(options: StartOptions, env: NodeJS.ProcessEnv): AgentIdentity | undefined {
  const template = options.agent?.template ?? said(env['WHODID_AGENT_TEMPLATE'])
  if (template === undefined && options.agent === undefined) return undefined
  return { ...options.agent, template: text('agent.template', template) }
}

function resolveEndpoint(options: StartOptions, env: NodeJS.ProcessEnv): string {
  const inherited = said(env['WHODID_ENDPOINT']) ?? said(env['OTEL_EXPORTER_OTLP_ENDPOINT'])
  return tracesUrl(options.endpoint ?? inherited ?? 'http://127.0.0.1:4318')
}

function resolveToken(
  options: StartOptions,
  env: NodeJS.ProcessEnv,
): Pick<Config, 'token' | 'tokenSource'> {
  const sources: readonly (readonly [string, unknown])[] = [
    ['"token" of start()', options.token],
    ['WHODID_INGEST_TOKEN', said(env['WHODID_INGEST_TOKEN'])],
    ['WHODID_TOKEN', said(env['WHODID_TOKEN'])],
  ]
  const [tokenSource, token] = sources.find(([, given]) => given !== undefined) ?? ['', '']
  // A line break would end the header; what was given is never quoted.
  if (typeof token !== 'string' || !/^[\x21-\x7e]*$/u.test(token))
    throw invalid('token', 'visible ASCII characters', `something else in ${tokenSource}`)
  return { token, tokenSource: token === '' ? '' : tokenSource }
}

function resolveLimits(given: ExportLimits): Required<ExportLimits> {
  const resolved = { ...limitDefaults }
  // The literal above has these keys and no others.
  for (const name of Object.keys(limitDefaults) as (keyof ExportLimits)[])
    resolved[name] = whole(`limits.${name}`, given[name] ?? limitDefaults[name], [1, 2 ** 31 - 1])
  return resolved
}

function tracesUrl(endpoint: string): string {
  let url: URL
  try {
    url = new URL(endpoint)
  } catch {
    throw invalid('endpoint', 'an http or https URL', endpoint)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid('endpoint', 'an http or https URL', endpoint)
  if (url.username !== '' || url.password !== '')
    throw invalid('endpoint', 'a URL without user name and password (use "token")', url.host)
  const path = trimEnd(url.pathname, '/')
  url.pathname = path.endsWith('/v1/traces') ? path : `${path}/v1/traces`
  return url.href
}

/** A variable that is set to nothing is not set. */
function said(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim()
}

function text(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw invalid(field, 'text that is not empty', value)
  return value
}

function oneOf<T extends string>(field: string, allowed: readonly T[], value: string): T {
  const found = allowed.find((option) => option === value)
  if (found === undefined) throw invalid(field, `one of ${allowed.join(', ')}`, value)
  return found
}

function whole(field: string, value: unknown, range: readonly [number, number]): number {
  const [least, most] = range
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
    throw invalid(field, `a whole number from ${least} to ${most}`, value)
  return value
}

function callback(value: StartOptions['onLoss']): StartOptions['onLoss'] {
  if (value !== undefined && typeof value !== 'function')
    throw invalid('onLoss', 'a function', value)
  return value
}

function invalid(field: string, expected: string, got: unknown): WhodidError {
  return new WhodidError(
    'invalid_config',
    `"${field}" expected ${expected}; got "${printableLine(String(got), 80)}"`,
  )
}
