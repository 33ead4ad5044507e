import { join, resolve } from 'node:path'
import type { RetentionPolicy } from '@whodid/retention'
import { forEachUser } from '@whodid/engine'
import type { EngineUser } from '@whodid/engine'
import { printableLine, trimEnd, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { StoreAccess } from '@whodid/store'
import type { NoteVerifier } from '@whodid/tlog'
import { parseWitnesses } from '@whodid/witness'
import type { WitnessEndpoint } from '@whodid/witness'
import { readLogKey } from './key-file.ts'

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The users of the ledger, each with its own access. */
export type LedgerAccess = Readonly<Record<EngineUser, StoreAccess>>

/** What `whodid serve` runs by. */
export interface ServiceConfig {
  /** `WHODID_DATA_DIR`, default `.whodid`: tokens, the collector's log, the engine's files. Absolute here. */
  readonly dataDir: string
  /** `WHODID_KEYS_DIR`, default `keys` in the data directory: what seals and encrypts. Best on another disk than the database. */
  readonly keysDir: string
  /** `WHODID_LOG_ORIGIN`: the name of this collector's log, such as `ledger.example/agents/c1`; default a random one. Kept once records bear it. */
  readonly logOrigin: string | undefined
  /** `WHODID_WITNESSES`: `<vkey> <url>` of each who is asked to cosign checkpoints, separated by `;`. */
  readonly witnesses: readonly WitnessEndpoint[]
  /** `WHODID_POLICY`: a file (C2SP tlog-policy) that says whose cosignatures are enough; default: those of every witness above. */
  readonly policyPath: string | undefined
  /** `WHODID_RETAIN_TEXT_DAYS` and `WHODID_RETAIN_RECORD_DAYS`, 1 to 36,500; default for ever. */
  readonly retention: RetentionPolicy
  /** `WHODID_META_LOG`: `<vkey> <url>` of the meta-log that takes each checkpoint; default none. */
  readonly metaLog: WitnessEndpoint | undefined
  /** `WHODID_META_KEY`: the key that the meta-log signs its own checkpoints with, for whoever checks an evidence package; default unknown. */
  readonly metaKey: NoteVerifier | undefined
  /** `WHODID_INFER_REQUEST_USER`: `on` or `off`; default on. Whether a request's user is taken for the delegator of the agent that serves it. */
  readonly inferRequestUser: boolean | undefined
  /** `WHODID_HOST`, default 127.0.0.1. Another than a loopback address opens Whodid to the network. */
  readonly host: string
  /** `WHODID_ALLOWED_HOSTS`: names beside the loopback ones that requests may be sent to, separated by commas; `*` is any. */
  readonly allowedHosts: readonly string[]
  /** `WHODID_API_PORT`, default 4320; 0 takes a free one. */
  readonly apiPort: number
  /** `WHODID_OTLP_HTTP_PORT`, default 4318; 0 takes a free one. */
  readonly otlpHttpPort: number
  /** `WHODID_OTLP_GRPC_PORT`, default 4317; 0 takes a free one. */
  readonly otlpGrpcPort: number
  /** `WHODID_MEMORY_BYTES_MAX`: the embedded engine's cap, default 2 GiB, at least 256 MiB. */
  readonly memoryBytesMax: number | undefined
  /** `CLICKHOUSE_URL` and the passwords of its users; undefined means the embedded engine. */
  readonly ledger: LedgerAccess | undefined
}

const memoryBytesMin = 268_435_456

/**
 * Reads the configuration of the service. Throws `invalid_config`, naming the variable, what was expected and what came.
 * `users` are those whose passwords are needed where `CLICKHOUSE_URL` is set, by default all; another's is empty when not given.
 */
export function readServiceConfig(
  environment: Environment,
  users?: readonly EngineUser[],
): ServiceConfig {
  return {
    dataDir: readDataDir(environment),
    keysDir: readKeysDir(environment),
    logOrigin: setting(environment, 'WHODID_LOG_ORIGIN'),
    witnesses: parseWitnesses(setting(environment, 'WHODID_WITNESSES') ?? '', 'WHODID_WITNESSES'),
    policyPath: setting(environment, 'WHODID_POLICY'),
    retention: {
      textDays: readDays(environment, 'WHODID_RETAIN_TEXT_DAYS'),
      recordDays: readDays(environment, 'WHODID_RETAIN_RECORD_DAYS'),
    },
    metaLog: readMetaLog(environment),
    metaKey: readMetaKey(environment),
    inferRequestUser: readSwitch(environment, 'WHODID_INFER_REQUEST_USER'),
    host: readHost(environment),
    allowedHosts: readAllowedHosts(environment),
    apiPort: readPort(environment, 'WHODID_API_PORT', 4320),
    otlpHttpPort: readPort(environment, 'WHODID_OTLP_HTTP_PORT', 4318),
    otlpGrpcPort: readPort(environment, 'WHODID_OTLP_GRPC_PORT', 4317),
    memoryBytesMax: readMemory(environment),
    ledger: readLedger(environment, users),
  }
}

/** `WHODID_DATA_DIR`, default `.whodid`, made absolute. */
export function readDataDir(environment: Environment): string {
  return resolve(setting(environment, 'WHODID_DATA_DIR') ?? '.whodid')
}

/** `WHODID_KEYS_DIR`, default `keys` in the data directory, made absolute. */
export function readKeysDir(environment: Environment): string {
  const given = setting(environment, 'WHODID_KEYS_DIR')
  return given === undefined ? join(readDataDir(environment), 'keys') : resolve(given)
}

/** Whether an address is one that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host)
}

/**
 * Which names requests may be sent to. Who opens Whodid to the network and lists no name is reached by any; on a loopback
 * address only loopback names are let in, and those listed.
 */
export function hostCheckOf({
  host,
  allowedHosts,
}: Pick<ServiceConfig, 'host' | 'allowedHosts'>): HostCheck {
  if (allowedHosts.includes('*')) return 'any'
  if (isLoopback(host)) return allowedHosts
  return allowedHosts.length === 0 ? 'any' : [...allowedHosts, host]
}

/** The value of a variable; an empty one is none. */
export function setting(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}

/** A variable that is `on` or `off`; undefined when it is not set. */
function readSwitch(environment: Environment, name: string): boolean | undefined {
  const text = setting(environment, name)
  if (text === undefined) return undefined
  if (text !== 'on' && text !== 'off') throw invalid(name, '"on" or "off"', text)
  return text === 'on'
}

/** A variable that is a port, 0–65535. */
export function readPort(environment: Environment, name: string, fallback: number): number {
  const text = setting(environment, name)
  if (text === undefined) return fallback
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw invalid(name, 'a port from 0 to 65535', text)
  return port
}

/** A variable that is an http or https URL, without a trailing slash. */
export function readUrl(environment: Environment, name: string): string | undefined {
  const text = setting(environment, name)
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^https?:$/u.test(new URL(text).protocol))
    throw invalid(name, 'an http or https URL', text)
  return trimEnd(text, '/')
}

function readMetaLog(environment: Environment): WitnessEndpoint | undefined {
  const text = setting(environment, 'WHODID_META_LOG') ?? ''
  const [metaLog, ...others] = parseWitnesses(text, 'WHODID_META_LOG')
  if (others.length > 0) throw invalid('WHODID_META_LOG', 'one meta-log', text)
  return metaLog
}

function readMetaKey(environment: Environment): NoteVerifier | undefined {
  const vkey = setting(environment, 'WHODID_META_KEY')
  if (vkey === undefined) return undefined
  const key = readLogKey('WHODID_META_KEY', vkey)
  const name = readMetaLog(environment)?.key.name
  if (key.kind !== 'note' || key.name !== name)
    throw invalid('WHODID_META_KEY', `the key, of type 1, of the meta-log "${name ?? ''}"`, vkey)
  return key
}

function readHost(environment: Environment): string {
  const host = setting(environment, 'WHODID_HOST') ?? '127.0.0.1'
  if (!/^[A-Za-z0-9.:-]{1,253}$/u.test(host))
    throw invalid('WHODID_HOST', 'an address or name', host)
  return host
}

const allowedHostsMax = 100

function readAllowedHosts(environment: Environment): string[] {
  const text = setting(environment, 'WHODID_ALLOWED_HOSTS') ?? ''
  const names = text.split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  const wrong = given.find((name) => name !== '*' && !/^[A-Za-z0-9.:[\]-]{1,253}$/u.test(name))
  if (wrong !== undefined || given.length > allowedHostsMax)
    throw invalid(
      'WHODID_ALLOWED_HOSTS',
      `at most ${allowedHostsMax} names such as "ledger.example", separated by commas, or "*"`,
      wrong ?? text,
    )
  return given
}

function readDays(environment: Environment, name: string): number | undefined {
  const text = setting(environment, name)
  if (text === undefined) return undefined
  const days = /^\d{1,5}$/u.test(text) ? Number(text) : 0
  if (days < 1 || days > 36_500) throw invalid(name, '1 to 36500 days', text)
  return days
}

function readMemory(environment: Environment): number | undefined {
  const text = setting(environment, 'WHODID_MEMORY_BYTES_MAX')
  if (text === undefined) return undefined
  const bytes = /^\d{1,15}$/u.test(text) ? Number(text) : 0
  if (bytes < memoryBytesMin)
    throw invalid('WHODID_MEMORY_BYTES_MAX', `at least ${memoryBytesMin} bytes`, text)
  return bytes
}

function readLedger(
  environment: Environment,
  users: readonly EngineUser[] | undefined,
): LedgerAccess | undefined {
  const url = readUrl(environment, 'CLICKHOUSE_URL')
  if (url === undefined) return undefined
  const missing: EngineUser[] = []
  const access = forEachUser((user) => {
    const password = setting(environment, passwordVariable(user))
    if (password === undefined && (users?.includes(user) ?? true)) missing.push(user)
    return { url, username: `whodid_${user}`, password: password ?? '' }
  })
  const [first] = missing
  if (first === undefined) return access
  const variables = missing.map(passwordVariable).join(', ')
  throw invalid(
    variables,
    missing.length === 1
      ? `the password of whodid_${first}, since CLICKHOUSE_URL is set`
      : 'the passwords of these users, since CLICKHOUSE_URL is set',
    undefined,
  )
}

function passwordVariable(user: EngineUser): string {
  return `WHODID_CLICKHOUSE_${user.toUpperCase()}_PASSWORD`
}

function invalid(name: string, expected: string, got: string | undefined): WhodidError {
  const shown = got === undefined ? 'nothing' : `"${printableLine(got, 80)}"`
  return new WhodidError('invalid_config', `${name} expected ${expected}; got ${shown}`)
}
