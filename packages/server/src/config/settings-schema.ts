import { z } from 'zod'
import { days, daysMax, exactHttpUrl, hostNames, hostsMax, httpUrl } from './setting-texts.ts'
import { lines, memoryBytes, memoryBytesMin, port, portMax } from './setting-texts.ts'
import { text, wholeNumber } from './setting-texts.ts'
import type { SettingKey, SettingValues } from './setting-values.ts'

/** The part of Whodid that reads a setting. */
export type SettingGroup = 'service' | 'sign-in' | 'evidence' | 'ledger' | 'client'

/** A setting as the reference describes it. */
export interface SettingInfo {
  readonly group: SettingGroup
  /** The value without a setting, or a phrase that describes it. */
  readonly defaultText: string
  readonly description: string
  /** True for a value that appears in no message and no log. */
  readonly isSecret?: true
}

interface Setting<Value> extends SettingInfo {
  /** Takes the text of a variable, and the JSON value of the file. Its error message completes "expected …". */
  readonly schema: z.ZodType<Value>
}

const sessionMinutesMax = 480
const detectSecondsMax = 3_600

function password(user: string): Setting<string> {
  return {
    schema: text,
    group: 'ledger',
    defaultText: 'none',
    description: `Password of the user \`whodid_${user}\`.`,
    isSecret: true,
  }
}

/** Every setting, in the order of the reference. This table is the schema of the environment and of the file. */
const settings: { readonly [Key in SettingKey]: Setting<SettingValues[Key]> } = {
  data_dir: {
    schema: text,
    group: 'service',
    defaultText: '`.whodid`',
    description: "Directory of the tokens, the collector's log and the embedded ledger.",
  },
  keys_dir: {
    schema: text,
    group: 'service',
    defaultText: '`keys` in the data directory',
    description: 'Directory of the private keys. Best on another disk than the database.',
  },
  keys_command: {
    schema: text,
    group: 'service',
    defaultText: 'none: keys lie as they are',
    description: 'Program that [wraps](keys.md#keep-the-master-key-elsewhere) their master key.',
  },
  host: {
    schema: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/u, 'an address or name'),
    group: 'service',
    defaultText: '`127.0.0.1`',
    description:
      'Address to listen on. An address other than a loopback one opens Whodid to the network, unencrypted.',
  },
  allowed_hosts: {
    schema: hostNames(),
    group: 'service',
    defaultText: 'loopback names',
    description: `Names, beside loopback names, that requests may be sent to: at most ${hostsMax}, separated by commas; \`*\` allows every name.`,
  },
  api_port: {
    schema: port(),
    group: 'service',
    defaultText: '`4320`',
    description: `Port of the API, 0 to ${portMax}; 0 takes a free one.`,
  },
  otlp_http_port: {
    schema: port(),
    group: 'service',
    defaultText: '`4318`',
    description: `Port of OTLP/HTTP, 0 to ${portMax}; 0 takes a free one.`,
  },
  otlp_grpc_port: {
    schema: port(),
    group: 'service',
    defaultText: '`4317`',
    description: `Port of OTLP/gRPC, 0 to ${portMax}; 0 takes a free one.`,
  },
  infer_request_user: {
    schema: z.union([z.boolean(), z.enum(['on', 'off']).transform((value) => value === 'on')], {
      error: '"on" or "off"',
    }),
    group: 'service',
    defaultText: '`on`',
    description:
      "`on` takes a request's user for the delegator of the agent that serves the request; `off` does not.",
  },
  detect_seconds: {
    schema: wholeNumber(0, detectSecondsMax, `0 to ${detectSecondsMax} seconds`),
    group: 'service',
    defaultText: '`30`',
    description: `Seconds between two rounds of the detections, up to ${detectSecondsMax}; 0 runs none.`,
  },
  responses: {
    schema: text,
    group: 'service',
    defaultText: 'none: no finding is acted on',
    description: 'JSON file of [responses](findings.md#act) to findings.',
  },
  issuer: {
    schema: text,
    group: 'service',
    defaultText: 'none: no token is exchanged',
    description: 'JSON file of the [exchange of tokens](identity.md#exchange-tokens).',
  },
  retain_text_days: {
    schema: days(),
    group: 'service',
    defaultText: 'indefinitely',
    description: `Days that text is kept, 1 to ${daysMax}.`,
  },
  retain_record_days: {
    schema: days(),
    group: 'service',
    defaultText: 'indefinitely',
    description: `Days that records are kept, 1 to ${daysMax}. Records are deleted by whole months.`,
  },
  oidc_issuer: {
    schema: exactHttpUrl(),
    group: 'sign-in',
    defaultText: 'no sign-in but by token',
    description:
      'Issuer of the OpenID provider that people sign in with: its URL up to `/.well-known/openid-configuration`. `https`; `http` on a loopback address only. It needs the three settings below.',
  },
  oidc_client_id: {
    schema: text,
    group: 'sign-in',
    defaultText: 'none',
    description: 'ID of the client that the provider has for this console.',
  },
  oidc_console_url: {
    schema: httpUrl(),
    group: 'sign-in',
    defaultText: 'none',
    description:
      'URL of the console as browsers have it. The provider must know `<url>/sign-in/oidc/callback` as a redirect URI.',
  },
  oidc_groups: {
    schema: lines,
    group: 'sign-in',
    defaultText: 'none',
    description:
      '`<role> <tenant> <group>` for each group that may sign in, separated by `;`. The role is `investigator` or `admin`; the first line that fits a person counts. At most 100.',
  },
  oidc_client_secret: {
    schema: text,
    group: 'sign-in',
    defaultText: 'none: a public client',
    description: 'Secret of the client.',
    isSecret: true,
  },
  oidc_groups_claim: {
    schema: text,
    group: 'sign-in',
    defaultText: '`groups`',
    description: 'Claim that lists the groups of a person.',
  },
  oidc_name_claim: {
    schema: text,
    group: 'sign-in',
    defaultText: '`email`',
    description: 'Claim under which a person stands in the access log.',
  },
  oidc_scopes: {
    schema: text,
    group: 'sign-in',
    defaultText: '`openid email`',
    description: 'Scopes that the provider is asked for, separated by spaces. `openid` is one.',
  },
  oidc_session_minutes: {
    schema: wholeNumber(1, sessionMinutesMax, `1 to ${sessionMinutesMax} minutes`),
    group: 'sign-in',
    defaultText: '`60`',
    description: `Minutes after which a session ends and the groups are looked at again, 1 to ${sessionMinutesMax}.`,
  },
  log_origin: {
    schema: text,
    group: 'evidence',
    defaultText: 'a random name',
    description:
      "Name of this collector's log, such as `ledger.example/agents/c1`. It cannot change once records bear it.",
  },
  witnesses: {
    schema: lines,
    group: 'evidence',
    defaultText: 'none',
    description: '`<vkey> <url>` of each witness that cosigns checkpoints, separated by `;`.',
  },
  policy: {
    schema: text,
    group: 'evidence',
    defaultText: 'every witness above',
    description: 'File (C2SP tlog-policy) that says whose cosignatures are enough.',
  },
  meta_log: {
    schema: text,
    group: 'evidence',
    defaultText: 'none',
    description: '`<vkey> <url>` of the meta-log that records each checkpoint.',
  },
  meta_key: {
    schema: text,
    group: 'evidence',
    defaultText: 'none',
    description:
      'Key that the meta-log signs its own checkpoints with. Verifiers of evidence packages need it.',
  },
  memory_bytes_max: {
    schema: memoryBytes(),
    group: 'ledger',
    defaultText: '2 GiB',
    description: `Memory of the embedded ClickHouse in bytes, at least ${memoryBytesMin}.`,
  },
  clickhouse_url: {
    schema: httpUrl(),
    group: 'ledger',
    defaultText: 'the embedded ClickHouse',
    description: 'URL of a ClickHouse of your own. It needs the passwords below.',
  },
  clickhouse_writer_password: password('writer'),
  clickhouse_reader_password: password('reader'),
  clickhouse_migrator_password: password('migrator'),
  clickhouse_recorder_password: password('recorder'),
  clickhouse_eraser_password: password('eraser'),
  clickhouse_pruner_password: password('pruner'),
  clickhouse_verifier_password: password('verifier'),
  api_url: {
    schema: httpUrl(),
    group: 'client',
    defaultText: 'this machine, at the API port',
    description: 'URL of the API that commands ask.',
  },
  token: {
    schema: text,
    group: 'client',
    defaultText: 'the investigator token of the data directory',
    description: 'Bearer token that commands ask with.',
    isSecret: true,
  },
}

/** The keys of every setting, in the order of the reference. */
// Object.keys gives the table's own keys.
export const settingKeys: readonly SettingKey[] = Object.keys(settings) as SettingKey[]

/** The description of a setting, for the reference. */
export function describeSetting(key: SettingKey): SettingInfo {
  return settings[key]
}

/** The schema of one setting. It takes the text of a variable, and the JSON value of the file. */
export function schemaOf<Key extends SettingKey>(key: Key): z.ZodType<SettingValues[Key]> {
  return settings[key].schema
}

/** The variable of a setting: `WHODID_` and the key in capitals, but `CLICKHOUSE_URL` for the server's URL. */
export function variableOf(key: SettingKey): string {
  return key === 'clickhouse_url' ? 'CLICKHOUSE_URL' : `WHODID_${key.toUpperCase()}`
}
