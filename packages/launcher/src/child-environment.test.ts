import { describe, expect, it } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import type { ChildParts } from './child-environment.ts'
import { makeIdentity } from './run-identity.ts'
import type { RunOptions } from './run-options.ts'

const options: RunOptions = {
  command: ['agent'],
  template: 'triage',
  delegator: 'Ada <ada@acme.example>',
  capture: 'redacted',
  mayLaunch: [],
  ledger: { endpoint: 'https://whodid.acme.example', token: 'whodid_ing_x' },
}

function environmentOf(
  environment: Record<string, string>,
  more: Partial<ChildParts> = {},
): NodeJS.ProcessEnv {
  const identity = makeIdentity(options, environment, { instance: 'i-1', isTerminal: false })
  return childEnvironment(environment, {
    identity,
    relay: { url: 'http://127.0.0.1:7', token: 'whodid_run_t' },
    capture: 'redacted',
    runDirectory: '/run',
    git: { GIT_CONFIG_COUNT: '1' },
    opencodePlugin: '/run/opencode-plugin.mjs',
    ...more,
  })
}

describe('the environment of an agent', () => {
  it('leads to the relay, with no token but the relay’s', () => {
    const child = environmentOf({
      WHODID_INGEST_TOKEN: 'whodid_ing_x',
      WHODID_TOKEN: 'whodid_adm_x',
      // The relay's token does not open the stream of orders, and the launcher obeys them for all that it starts.
      WHODID_REVOCATIONS_FROM: 'https://elsewhere.example',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://elsewhere.example',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=b',
      PATH: '/bin',
    })
    expect(child).toMatchObject({
      PATH: '/bin',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:7',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20whodid_run_t',
      WHODID_INGEST_TOKEN: 'whodid_run_t',
      WHODID_AGENT_INSTANCE: 'i-1',
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      GEMINI_TELEMETRY_OTLP_ENDPOINT: 'http://127.0.0.1:7',
    })
    expect(JSON.stringify(child)).not.toMatch(/whodid_ing_x|whodid_adm_x|elsewhere/u)
  })

  it('keeps the user’s own attributes, and overrides those of the run', () => {
    const child = environmentOf({
      OTEL_RESOURCE_ATTRIBUTES: 'team=payments,gen_ai.agent.id=another',
      BAGGAGE: 'a=1,whodid.agent.instance.id=other',
      WHODID_TOKEN: 'whodid_inv_x',
    })
    const attributes = (child['OTEL_RESOURCE_ATTRIBUTES'] ?? '').split(',')
    expect(attributes).toContain('team=payments')
    expect(attributes).toContain('gen_ai.agent.id=triage')
    expect(attributes).toContain('whodid.delegator.id=Ada%20%3Cada%40acme.example%3E')
    expect(attributes).not.toContain('gen_ai.agent.id=another')
    expect(child['BAGGAGE']).toMatch(
      /^a=1,gen_ai\.agent\.id=triage,whodid\.agent\.instance\.id=i-1,/u,
    )
    // A person's reading token is theirs to hand on.
    expect(child['WHODID_TOKEN']).toBe('whodid_inv_x')
  })

  it('says nothing of texts that are not to be captured', () => {
    const child = environmentOf({}, { capture: 'hash' })
    expect(child).toMatchObject({
      OTEL_LOG_USER_PROMPTS: '0',
      OTEL_LOG_TOOL_DETAILS: '0',
      GEMINI_TELEMETRY_LOG_PROMPTS: 'false',
    })
  })

  it('merges what OpenCode is configured with, and leaves what cannot be read', () => {
    const mine = '{"theme":"x","plugin":["a"],"experimental":{"openTelemetry":false}}'
    expect(
      JSON.parse(environmentOf({ OPENCODE_CONFIG_CONTENT: mine })['OPENCODE_CONFIG_CONTENT'] ?? ''),
    ).toEqual({
      theme: 'x',
      plugin: ['a', 'file:///run/opencode-plugin.mjs'],
      experimental: { openTelemetry: false },
    })
    expect(environmentOf({ OPENCODE_CONFIG_CONTENT: '{ oops' })['OPENCODE_CONFIG_CONTENT']).toBe(
      '{ oops',
    )
  })
})
