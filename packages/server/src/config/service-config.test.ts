import { generateNoteKey } from '@whodid/tlog'
import { expect, test } from 'vitest'
import { hostCheckOf, isLoopback, readServiceConfig } from './service-config.ts'

const oidc = {
  WHODID_OIDC_ISSUER: 'https://id.example/realm',
  WHODID_OIDC_CLIENT_ID: 'whodid',
  WHODID_OIDC_CONSOLE_URL: 'https://ledger.example/',
  WHODID_OIDC_GROUPS: 'admin default sec leads; investigator shop responders',
}

test('the sign-in with an identity provider, each group with its role and tenant', () => {
  expect(readServiceConfig(oidc).oidc).toEqual({
    issuer: 'https://id.example/realm',
    clientId: 'whodid',
    clientSecret: undefined,
    consoleUrl: 'https://ledger.example',
    scopes: 'openid email',
    groupsClaim: 'groups',
    nameClaim: 'email',
    groupRules: [
      { role: 'admin', tenant: 'default', group: 'sec leads' },
      { role: 'investigator', tenant: 'shop', group: 'responders' },
    ],
    sessionMs: 3_600_000,
  })
})

test('the defaults of the contract', () => {
  expect(readServiceConfig({ WHODID_API_PORT: '' })).toEqual({
    allowedHosts: [],
    dataDir: `${process.cwd()}/.whodid`,
    keysDir: `${process.cwd()}/.whodid/keys`,
    host: '127.0.0.1',
    apiPort: 4320,
    otlpHttpPort: 4318,
    otlpGrpcPort: 4317,
    logOrigin: undefined,
    witnesses: [],
    retention: { textDays: undefined, recordDays: undefined },
    metaLog: undefined,
    metaKey: undefined,
    detectSeconds: 30,
    memoryBytesMax: undefined,
    oidc: undefined,
    ledger: undefined,
  })
})

test.each([
  [{ WHODID_API_PORT: '65536' }, 'WHODID_API_PORT expected a port from 0 to 65535; got "65536"'],
  [{ WHODID_OTLP_HTTP_PORT: '4318x' }, 'WHODID_OTLP_HTTP_PORT expected a port'],
  [{ WHODID_OTLP_GRPC_PORT: '99999' }, 'WHODID_OTLP_GRPC_PORT expected a port'],
  [{ WHODID_API_PORT: '-1' }, 'WHODID_API_PORT expected a port'],
  [{ WHODID_META_KEY: 'nonsense' }, 'WHODID_META_KEY: '],
  [
    { WHODID_META_KEY: generateNoteKey('meta.example/all', 'note').vkey },
    'WHODID_META_KEY expected the key, of type 1, of the meta-log ""',
  ],
  [{ WHODID_HOST: 'a b' }, 'WHODID_HOST expected an address or name; got "a b"'],
  [
    { WHODID_ALLOWED_HOSTS: 'ledger.example,https://x' },
    'WHODID_ALLOWED_HOSTS expected at most 100 names such as "ledger.example", separated by commas, or "*"; got "https://x"',
  ],
  [{ WHODID_MEMORY_BYTES_MAX: '1G' }, 'WHODID_MEMORY_BYTES_MAX expected at least 268435456 bytes'],
  [{ WHODID_RETAIN_TEXT_DAYS: '0' }, 'WHODID_RETAIN_TEXT_DAYS expected 1 to 36500 days; got "0"'],
  [{ WHODID_RETAIN_RECORD_DAYS: '1y' }, 'WHODID_RETAIN_RECORD_DAYS expected 1 to 36500 days'],
  [
    { WHODID_OIDC_CLIENT_ID: 'a' },
    'WHODID_OIDC_ISSUER expected an issuer, since WHODID_OIDC_CLIENT_ID is set',
  ],
  [{ WHODID_OIDC_ISSUER: 'https://id.example' }, 'WHODID_OIDC_CLIENT_ID expected a value, since'],
  [
    { ...oidc, WHODID_OIDC_ISSUER: 'http://id.example' },
    'WHODID_OIDC_ISSUER expected an https URL',
  ],
  [
    { ...oidc, WHODID_OIDC_CONSOLE_URL: 'http://a.example' },
    'WHODID_OIDC_CONSOLE_URL expected an https',
  ],
  [{ ...oidc, WHODID_OIDC_CONSOLE_URL: 'https://a.example/?b' }, 'a URL without a query'],
  [{ ...oidc, WHODID_OIDC_GROUPS: 'reader default g' }, 'separated by ";"; got "reader default g"'],
  [{ ...oidc, WHODID_OIDC_GROUPS: 'admin default' }, 'WHODID_OIDC_GROUPS expected 1 to 100 of'],
  [{ ...oidc, WHODID_OIDC_GROUPS: ' ; ' }, 'WHODID_OIDC_GROUPS expected 1 to 100 of'],
  [{ ...oidc, WHODID_OIDC_SCOPES: 'email' }, 'scopes with "openid" among them'],
  [{ ...oidc, WHODID_OIDC_SESSION_MINUTES: '481' }, 'expected 1 to 480 minutes'],
  [{ CLICKHOUSE_URL: 'clickhouse:9000' }, 'CLICKHOUSE_URL expected an http or https URL'],
  [
    { CLICKHOUSE_URL: 'http://ch:8123' },
    'WHODID_CLICKHOUSE_MIGRATOR_PASSWORD expected the passwords of these users, since CLICKHOUSE_URL is set; got nothing',
  ],
])('%j is refused with a sentence', (environment, message) => {
  expect(() => readServiceConfig(environment)).toThrow(
    expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(message) }),
  )
})

test('a server of one’s own has every user', () => {
  const config = readServiceConfig({
    CLICKHOUSE_URL: 'https://ch.example:8443/',
    WHODID_CLICKHOUSE_WRITER_PASSWORD: 'w',
    WHODID_CLICKHOUSE_READER_PASSWORD: 'r',
    WHODID_CLICKHOUSE_MIGRATOR_PASSWORD: 'm',
    WHODID_CLICKHOUSE_RECORDER_PASSWORD: 'c',
    WHODID_CLICKHOUSE_VERIFIER_PASSWORD: 'v',
    WHODID_CLICKHOUSE_ERASER_PASSWORD: 'e',
    WHODID_CLICKHOUSE_PRUNER_PASSWORD: 'p',
  })
  const access = { url: 'https://ch.example:8443', username: 'whodid_recorder', password: 'c' }
  expect(config.ledger?.recorder).toEqual(access)
})

test('who needs one user of the server needs one password', () => {
  const environment = { CLICKHOUSE_URL: 'http://ch:8123' }
  expect(() => readServiceConfig(environment, ['verifier'])).toThrow(
    'WHODID_CLICKHOUSE_VERIFIER_PASSWORD expected the password of whodid_verifier, since CLICKHOUSE_URL is set; got nothing',
  )
  const given = { ...environment, WHODID_CLICKHOUSE_VERIFIER_PASSWORD: 'v' }
  expect(readServiceConfig(given, ['verifier']).ledger?.verifier.password).toBe('v')
})

test('what is loopback and what is not', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost'])
    expect(isLoopback(host)).toBe(true)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example'])
    expect(isLoopback(host)).toBe(false)
})

test.each([
  [{}, []],
  [{ WHODID_ALLOWED_HOSTS: ' a.example , b.example,' }, ['a.example', 'b.example']],
  [{ WHODID_ALLOWED_HOSTS: '*' }, 'any'],
  [{ WHODID_HOST: '0.0.0.0' }, 'any'],
  [{ WHODID_HOST: '10.0.0.7', WHODID_ALLOWED_HOSTS: 'a.example' }, ['a.example', '10.0.0.7']],
])('%j lets in the hosts %j', (environment, check) => {
  expect(hostCheckOf(readServiceConfig(environment))).toEqual(check)
})
