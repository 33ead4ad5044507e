import { join, resolve } from 'node:path'
import type { EngineUser } from '@whodid/engine'
import type { HostCheck } from '@whodid/model'
import type { RetentionPolicy } from '@whodid/retention'
import type { NoteVerifier } from '@whodid/tlog'
import { parseWitnesses } from '@whodid/witness'
import type { WitnessEndpoint } from '@whodid/witness'
import { readLogKey } from '../credentials/key-file.ts'
import { readLedger } from './read-ledger.ts'
import type { LedgerAccess } from './read-ledger.ts'
import { readOidc } from './read-oidc.ts'
import { invalidSetting, readSettings } from './read-settings.ts'
import type { Environment, Settings } from './read-settings.ts'

/** The configuration that `whodid serve` runs with. Each field names the setting that it comes from. */
export interface ServiceConfig {
  /** `WHODID_DATA_DIR`, default `.whodid`: tokens, the collector's log, the engine's files. Absolute here. */
  readonly dataDir: string
  /** `WHODID_KEYS_DIR`, default `keys` in the data directory: the keys that sign and encrypt. Best on another disk than the database. */
  readonly keysDir: string
  /** `WHODID_KEYS_COMMAND`: a program that wraps and unwraps the master key of these keys; default none, and they lie as they are. */
  readonly keysCommand: string | undefined
  /** `WHODID_LOG_ORIGIN`: the name of this collector's log, such as `ledger.example/agents/c1`; default a random one. Kept once records bear it. */
  readonly logOrigin: string | undefined
  /** `WHODID_WITNESSES`: `<vkey> <url>` of each who is asked to cosign checkpoints, separated by `;`. */
  readonly witnesses: readonly WitnessEndpoint[]
  /** `WHODID_POLICY`: a file (C2SP tlog-policy) that says whose cosignatures are enough; default: those of every witness above. */
  readonly policyPath: string | undefined
  /** `WHODID_RETAIN_TEXT_DAYS` and `WHODID_RETAIN_RECORD_DAYS`, 1 to 36,500; default indefinitely. */
  readonly retention: RetentionPolicy
  /** `WHODID_META_LOG`: `<vkey> <url>` of the meta-log that takes each checkpoint; default none. */
  readonly metaLog: WitnessEndpoint | undefined
  /** `WHODID_META_KEY`: the key that the meta-log signs its own checkpoints with, for whoever checks an evidence package; default unknown. */
  readonly metaKey: NoteVerifier | undefined
  /** `WHODID_INFER_REQUEST_USER`: `on` or `off`; default on. `on` takes a request's user for the delegator of the agent that serves it. */
  readonly inferRequestUser: boolean | undefined
  /** `WHODID_DETECT_SECONDS`, default 30: seconds between two rounds of the detections, up to 3,600; 0 runs none. */
  readonly detectSeconds: number
  /** `WHODID_RESPONSES`: a JSON file that says how findings are acted on; default none, and none is. Absolute here. */
  readonly responsesPath: string | undefined
  /** `WHODID_ISSUER`: a JSON file that describes the exchange of tokens; default none, and none is exchanged. Absolute here. */
  readonly issuerPath: string | undefined
  /** `WHODID_OIDC_…`: the identity provider that people sign in to the console with; default none. */
  readonly oidc: ReturnType<typeof readOidc>
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

/**
 * Reads the configuration of the service from the environment and the file of `WHODID_CONFIG`. Throws `invalid_config`, naming the
 * setting, what was expected and what came. `users` are those whose passwords are needed where `CLICKHOUSE_URL` is set, by default all;
 * another's is empty when not given.
 */
export function readServiceConfig(
  environment: Environment,
  users?: readonly EngineUser[],
): ServiceConfig {
  const settings = readSettings(environment)
  const metaLog = readMetaLog(settings)
  return {
    dataDir: dataDirOf(settings),
    keysDir: keysDirOf(settings),
    keysCommand: settings.value('keys_command'),
    logOrigin: settings.value('log_origin'),
    witnesses: parseWitnesses(settings.value('witnesses') ?? '', settings.nameOf('witnesses')),
    policyPath: settings.value('policy'),
    retention: {
      textDays: settings.value('retain_text_days'),
      recordDays: settings.value('retain_record_days'),
    },
    metaLog,
    metaKey: readMetaKey(settings, metaLog),
    inferRequestUser: settings.value('infer_request_user'),
    detectSeconds: settings.value('detect_seconds') ?? 30,
    responsesPath: pathOf(settings, 'responses'),
    issuerPath: pathOf(settings, 'issuer'),
    oidc: readOidc(settings),
    host: settings.value('host') ?? '127.0.0.1',
    allowedHosts: settings.value('allowed_hosts') ?? [],
    apiPort: settings.value('api_port') ?? apiPortDefault,
    otlpHttpPort: settings.value('otlp_http_port') ?? 4318,
    otlpGrpcPort: settings.value('otlp_grpc_port') ?? 4317,
    memoryBytesMax: settings.value('memory_bytes_max'),
    ledger: readLedger(settings, users),
  }
}

/** The data directory, absolute. Throws `invalid_config`. */
export function readDataDir(environment: Environment): string {
  return dataDirOf(readSettings(environment))
}

/** The directory of keys, absolute, and the program that wraps them. Throws `invalid_config`. */
export function readKeysConfig(
  environment: Environment,
): Pick<ServiceConfig, 'keysDir' | 'keysCommand'> {
  const settings = readSettings(environment)
  return { keysDir: keysDirOf(settings), keysCommand: settings.value('keys_command') }
}

/** The URL of the API that commands ask: `WHODID_API_URL`, else this machine's at `WHODID_API_PORT`. Throws `invalid_config`. */
export function readApiUrl(environment: Environment): string {
  const settings = readSettings(environment)
  return (
    settings.value('api_url') ?? `http://127.0.0.1:${settings.value('api_port') ?? apiPortDefault}`
  )
}

/** Returns true for an address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host)
}

/**
 * The names that requests may be sent to. On a loopback address: loopback names, and those listed. On another address: any name when
 * none is listed; else those listed, the address itself and loopback names.
 */
export function hostCheckOf({
  host,
  allowedHosts,
}: Pick<ServiceConfig, 'host' | 'allowedHosts'>): HostCheck {
  if (allowedHosts.includes('*')) return 'any'
  if (isLoopback(host)) return allowedHosts
  return allowedHosts.length === 0 ? 'any' : [...allowedHosts, host]
}

const apiPortDefault = 4320

function dataDirOf(settings: Settings): string {
  return resolve(settings.value('data_dir') ?? '.whodid')
}

function keysDirOf(settings: Settings): string {
  const given = settings.value('keys_dir')
  return given === undefined ? join(dataDirOf(settings), 'keys') : resolve(given)
}

function pathOf(settings: Settings, key: 'responses' | 'issuer'): string | undefined {
  const given = settings.value(key)
  return given === undefined ? undefined : resolve(given)
}

function readMetaLog(settings: Settings): WitnessEndpoint | undefined {
  const text = settings.value('meta_log') ?? ''
  const name = settings.nameOf('meta_log')
  const [metaLog, ...others] = parseWitnesses(text, name)
  if (others.length > 0) throw invalidSetting(name, 'one meta-log', text)
  return metaLog
}

function readMetaKey(
  settings: Settings,
  metaLog: WitnessEndpoint | undefined,
): NoteVerifier | undefined {
  const vkey = settings.value('meta_key')
  if (vkey === undefined) return undefined
  const name = settings.nameOf('meta_key')
  const key = readLogKey(name, vkey)
  const logName = metaLog?.key.name
  if (key.kind !== 'note' || key.name !== logName)
    throw invalidSetting(name, `the key, of type 1, of the meta-log "${logName ?? ''}"`, vkey)
  return key
}
