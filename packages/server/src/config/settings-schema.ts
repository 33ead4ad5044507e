import { trimEnd } from '@whodid/model'
import { z } from 'zod'

/** The value of each setting, by its key in the configuration file. */
export interface SettingValues {
  readonly data_dir: string
  readonly keys_dir: string
  readonly host: string
  readonly allowed_hosts: readonly string[]
  readonly api_port: number
  readonly otlp_http_port: number
  readonly otlp_grpc_port: number
  readonly infer_request_user: boolean
  readonly retain_text_days: number
  readonly retain_record_days: number
  readonly log_origin: string
  readonly witnesses: string
  readonly policy: string
  readonly meta_log: string
  readonly meta_key: string
  readonly memory_bytes_max: number
  readonly clickhouse_url: string
  readonly clickhouse_writer_password: string
  readonly clickhouse_reader_password: string
  readonly clickhouse_migrator_password: string
  readonly clickhouse_recorder_password: string
  readonly clickhouse_eraser_password: string
  readonly clickhouse_pruner_password: string
  readonly clickhouse_verifier_password: string
  readonly api_url: string
  readonly token: string
}

/** The key of a setting in the configuration file. */
export type SettingKey = keyof SettingValues

/** The part of Whodid that reads a setting. */
export type SettingGroup = 'service' | 'evidence' | 'ledger' | 'client'

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

const daysMax = 36_500
const hostsMax = 100
const memoryBytesMin = 268_435_456
const portMax = 65_535

const text = z.string('text')
/** Lines of the environment's form; the file may hold them as an array. */
const lines = z.union([text, z.array(text).transform((all) => all.join(';'))], {
  error: 'text, or an array of texts',
})

function wholeNumber(min: number, max: number, error: string): z.ZodType<number> {
  const digits = z.string().regex(/^\d{1,15}$/u)
  return z
    .union([z.number(), digits.transform(Number)], { error })
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, { error })
}

function port(): z.ZodType<number> {
  return wholeNumber(0, portMax, `a port from 0 to ${portMax}`)
}

function days(): z.ZodType<number> {
  return wholeNumber(1, daysMax, `1 to ${daysMax} days`)
}

function httpUrl(): z.ZodType<string> {
  const error = 'an http or https URL'
  return z
    .string({ error })
    .refine((url) => URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol), { error })
    .transform((url) => trimEnd(url, '/'))
}

function password(user: string): Setting<string> {
  return {
    schema: text,
    group: 'ledger',
    defaultText: 'none',
    description: `Password of the user \`whodid_${user}\`.`,
    isSecret: true,
  }
}

function hostNames(): z.ZodType<readonly string[]> {
  const error = `at most ${hostsMax} names such as "ledger.example", separated by commas, or "*"`
  return z
    .union([text, z.array(text)], { error })
    .transform((given) => (typeof given === 'string' ? given.split(',') : given))
    .transform((names) => names.map((name) => name.trim()).filter((name) => name !== ''))
    .superRefine((names, context) => {
      const wrong = names.find((name) => name !== '*' && !/^[A-Za-z0-9.:[\]-]{1,253}$/u.test(name))
      if (wrong !== undefined)
        context.addIssue({ code: 'custom', message: error, params: { got: wrong } })
      else if (names.length > hostsMax) context.addIssue({ code: 'custom', message: error })
    })
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
    description:
      'Directory of the keys that sign checkpoints and encrypt text. Best on another disk than the database.',
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
    schema: wholeNumber(
      memoryBytesMin,
      Number.MAX_SAFE_INTEGER,
      `at least ${memoryBytesMin} bytes`,
    ),
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
