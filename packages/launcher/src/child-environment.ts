import { pathToFileURL } from 'node:url'
import { attribute, tokenKind } from '@whodid/model'
import { identityAttributes } from './run-identity.ts'
import type { RunIdentity } from './run-identity.ts'
import type { Capture, Environment } from './run-options.ts'

/** What the environment of the agent is made of. */
export interface ChildParts {
  readonly identity: RunIdentity
  /** The relay's address and its token. */
  readonly relay: { readonly url: string; readonly token: string }
  readonly capture: Capture
  readonly runDirectory: string
  /** Variables that make git call the run's hooks. */
  readonly git: Readonly<Record<string, string>>
  /** The file of OpenCode's plugin; '' when its user has one. */
  readonly opencodePlugin: string
}

/** Settings of one signal go before those of all signals: left in place, they would lead past the relay. */
const ofOneSignal =
  /^OTEL_EXPORTER_OTLP_(?:TRACES|LOGS|METRICS)_|^OTEL_EXPORTER_OTLP_(?:CERTIFICATE|CLIENT_.*|INSECURE)$/u

/** Makes the agent's environment: that of this process, without its tokens, and with all that names the run. */
export function childEnvironment(environment: Environment, parts: ChildParts): NodeJS.ProcessEnv {
  const { identity, relay, capture, runDirectory, git } = parts
  const kept = Object.entries(environment).filter(([name]) => !ofOneSignal.test(name))
  const child: NodeJS.ProcessEnv = { ...Object.fromEntries(kept), ...git }
  // An agent that held the token it was launched with could speak for everybody whom that token covers.
  delete child['WHODID_INGEST_TOKEN']
  if (tokenKind(child['WHODID_TOKEN'] ?? '') !== 'investigator') delete child['WHODID_TOKEN']
  delete child['TRACESTATE']
  // The launcher obeys for all that it starts; the run's token does not open the stream.
  delete child['WHODID_REVOCATIONS_FROM']
  Object.assign(child, {
    TRACEPARENT: `00-${identity.session.traceId}-${identity.session.spanId}-01`,
    BAGGAGE: baggage(environment['BAGGAGE'] ?? '', identity),
    OTEL_EXPORTER_OTLP_ENDPOINT: relay.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${relay.token}`,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_RESOURCE_ATTRIBUTES: resource(environment['OTEL_RESOURCE_ATTRIBUTES'] ?? '', identity),
    WHODID_ENDPOINT: relay.url,
    WHODID_INGEST_TOKEN: relay.token,
    WHODID_AGENT_TEMPLATE: identity.template,
    WHODID_AGENT_INSTANCE: identity.instance,
    WHODID_CORRELATION_ID: identity.correlation,
    WHODID_CAPTURE: capture,
    WHODID_SEALING: environment['WHODID_SEALING'] ?? 'on',
    WHODID_RUN_INSTANCE: identity.instance,
    WHODID_RUN_DIR: runDirectory,
    ...(identity.delegator === '' ? {} : { WHODID_DELEGATOR: identity.delegator }),
    ...productSwitches(parts, environment),
  })
  return child
}

/** The variables by which coding agents are told to send telemetry. Others ignore them. */
function productSwitches(
  { relay: { url }, capture, opencodePlugin }: ChildParts,
  environment: Environment,
): Record<string, string> {
  const showsText = capture === 'redacted' || capture === 'full'
  return {
    // Claude Code.
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
    OTEL_LOG_USER_PROMPTS: showsText ? '1' : '0',
    OTEL_LOG_TOOL_DETAILS: showsText ? '1' : '0',
    // Gemini CLI. Its traces repeat its log records: one of them suffices.
    GEMINI_TELEMETRY_ENABLED: 'true',
    GEMINI_TELEMETRY_TARGET: 'local',
    GEMINI_TELEMETRY_OTLP_ENDPOINT: url,
    GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http',
    GEMINI_TELEMETRY_LOG_PROMPTS: showsText ? 'true' : 'false',
    // OpenCode takes a configuration from the environment, and merges it with its files.
    OPENCODE_CONFIG_CONTENT: opencodeConfig(environment['OPENCODE_CONFIG_CONTENT'], opencodePlugin),
  }
}

function opencodeConfig(present: string | undefined, plugin: string): string {
  const config = parseObject(present ?? '')
  // What is there and cannot be read is the user's: OpenCode is to complain about it, not this program.
  if (config === undefined) return present ?? ''
  const experimental = { ...parseObject(JSON.stringify(config['experimental'] ?? {})) }
  const named: unknown = config['plugin'] ?? []
  const plugins: unknown[] = Array.isArray(named) ? named : [named]
  return JSON.stringify({
    ...config,
    experimental: { openTelemetry: true, ...experimental },
    ...(plugin === '' ? {} : { plugin: [...plugins, pathToFileURL(plugin).href] }),
  })
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = text.trim() === '' ? {} : JSON.parse(text)
    // Sound: its members stay unknown.
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The user's own attributes stay; of the same name, the run's stand. */
function resource(present: string, identity: RunIdentity): string {
  const own = Object.entries(identityAttributes(identity)).filter(([, value]) => value !== '')
  const names = new Set<string>(own.map(([name]) => name))
  const others = present
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !names.has(pair.split('=', 1)[0] ?? ''))
  return [...others, ...own.map(([name, value]) => `${name}=${encoded(String(value))}`)].join(',')
}

function baggage(present: string, identity: RunIdentity): string {
  const own: readonly (readonly [string, string])[] = [
    [attribute.templateId, identity.template],
    [attribute.instanceId, identity.instance],
    [attribute.delegatorId, identity.delegator],
    [attribute.delegatorType, identity.delegatorType],
    [attribute.delegatorIssuer, identity.delegatorIssuer],
    [attribute.correlationId, identity.correlation],
  ]
  const others = present
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && !/^(?:whodid\.|gen_ai\.agent\.id\b)/u.test(member))
  const said = own.filter(([, value]) => value !== '')
  return [...others, ...said.map(([name, value]) => `${name}=${encoded(value)}`)].join(',')
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}
