import { expect, it } from 'vitest'
import { limitDefaults, resolveConfig } from './config.ts'

it('has a default for everything', () => {
  expect(resolveConfig({}, {})).toMatchObject({
    serviceName: 'unknown_service:node',
    tracesUrl: 'http://127.0.0.1:4318/v1/traces',
    token: '',
    capture: 'redacted',
    agent: undefined,
    onBehalfOf: undefined,
    onUnrecorded: 'allow',
    intentTimeoutMs: 2000,
    limits: limitDefaults,
  })
})

it('takes the environment where no option is given, and the option where one is', () => {
  const env = {
    WHODID_ENDPOINT: 'https://ledger.example/otlp/',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other.example',
    WHODID_TOKEN: 't',
    WHODID_AGENT_TEMPLATE: 'triage',
    WHODID_DELEGATOR: 'dev',
    WHODID_CAPTURE: 'hash',
  }
  expect(resolveConfig({}, env)).toMatchObject({
    serviceName: 'triage',
    tracesUrl: 'https://ledger.example/otlp/v1/traces',
    token: 't',
    agent: { template: 'triage' },
    onBehalfOf: { id: 'dev', type: 'human' },
    capture: 'hash',
  })
  expect(resolveConfig({ capture: 'full', agent: { template: 'x' } }, env)).toMatchObject({
    capture: 'full',
    agent: { template: 'x' },
  })
})

it.each([
  ['http://h:4318', 'http://h:4318/v1/traces'],
  ['http://h:4318/v1/traces', 'http://h:4318/v1/traces'],
  ['http://h/a/b', 'http://h/a/b/v1/traces'],
])('sends what goes to %s to %s', (endpoint, url) => {
  expect(
    resolveConfig({}, { WHODID_ENDPOINT: ' ', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }),
  ).toEqual(expect.objectContaining({ tracesUrl: url }))
})

it.each([
  [{ token: 'a' }, { WHODID_INGEST_TOKEN: 'b', WHODID_TOKEN: 'c' }, 'a', '"token" of start()'],
  [{}, { WHODID_INGEST_TOKEN: 'b', WHODID_TOKEN: 'c' }, 'b', 'WHODID_INGEST_TOKEN'],
  [{}, { WHODID_INGEST_TOKEN: ' ', WHODID_TOKEN: 'c\n' }, 'c', 'WHODID_TOKEN'],
  [{}, {}, '', ''],
])('of %j and %j it takes the token %j, of %j', (options, env, token, tokenSource) => {
  expect(resolveConfig(options, env)).toMatchObject({ token, tokenSource })
})

it('refuses with a code, the field and what came, but never quotes a token', () => {
  expect(() => resolveConfig({}, { WHODID_CAPTURE: 'some' })).toThrow(
    expect.objectContaining({ code: 'invalid_config' }),
  )
  expect(() => resolveConfig({ token: 'secret\n' }, {})).toThrow(/^(?!.*secret).*"token"/u)
})
