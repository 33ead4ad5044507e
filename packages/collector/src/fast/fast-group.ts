import { attribute, blankRecord, ByteWriter, redactSecretsInName } from '@whodid/model'
import type { Channel } from '@whodid/model'
import type { RequestContext } from '../normalize/draft.ts'
import { fieldBytesMax, finishRecord } from '../normalize/finish-record.ts'
import { redact } from '../normalize/redact.ts'
import type { OtlpHead } from '../otlp/batch.ts'
import { channelOf } from '../senders/channel-of.ts'
import { isWhole } from './settle-claims.ts'
import type { Settled } from './settle-claims.ts'
import { isPlainKey, slotOf } from './span-keys.ts'
import { lengthPrefixed, memberOf } from './write-span-row.ts'
import type { FastGroup } from './write-span-row.ts'

/**
 * Makes the shared parts, once a group, by the functions of the general path. Returns undefined for a group that goes the general path whole:
 * its resource or its scope says more than names of a service and a program.
 */
export function fastGroup(
  { resource, scope }: OtlpHead,
  context: RequestContext,
  logId: string,
): FastGroup | undefined {
  // Only the general path completes the records of a launched instance.
  if (context.client.instance !== undefined) return undefined
  const { attributes } = resource
  const service = attributes.get(attribute.serviceName) ?? ''
  if (typeof service !== 'string' || service === 'claude-code') return undefined
  for (const key of attributes.keys())
    if (key !== attribute.serviceName && !isPlainKey(key)) return undefined
  if (speaking.test(scope.name)) return undefined
  const named = { service_name: service, scope_name: scope.name, scope_version: scope.version }
  if (!Object.values(named).every(isKept)) return undefined
  const { client, receivedUnixNs } = context
  const none = new Map<string, never>()
  const shared = finishRecord(
    redact({
      record: blankRecord(),
      attributes: none,
      resource: attributes,
      events: [],
      links: [],
    }),
  )
  const droppedCount = resource.droppedCount + scope.droppedCount + shared.droppedCount
  if (droppedCount > droppedCountMax) return undefined
  const time = new ByteWriter()
  time.int64(receivedUnixNs)
  return {
    logId: lengthPrefixed(logId),
    receivedAt: time.toBytes(),
    sender: Buffer.concat([lengthPrefixed(client.tenant), lengthPrefixed(client.name)]),
    exporter: client.name,
    channel: channels(context),
    rest: Buffer.from(membersOf(named)),
    resourceAttributes: lengthPrefixed(shared.resourceAttributes),
    droppedCount,
  }
}

/** Far from the largest that the column holds. */
const droppedCountMax = 1_000_000

/** Scopes that a convention knows by their name. */
const speaking =
  /^(?:com\.anthropic\.claude_code|gemini-cli|codex|gcp\.vertex\.agent|pydantic-ai|@traceloop\/|@voltagent\/|opentelemetry\.instrumentation\.|openinference\.|Agent365Sdk|mcp-python-sdk)/u

function isKept(text: string): boolean {
  return (
    Buffer.byteLength(text) <= fieldBytesMax('name') &&
    text.isWellFormed() &&
    redactSecretsInName(text) === text
  )
}

function membersOf(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .map(([name, text]) =>
      text === '' ? '' : `${memberOf(name).toString()}${JSON.stringify(text)}`,
    )
    .join('')
}

const templateSlot = slotOf('templateId')

/** The right of the sender to a span's claims. A template of an agent is compared as bytes. */
function channels({ client }: RequestContext): FastGroup['channel'] {
  const bytesOf = (channel: Channel): Buffer => lengthPrefixed(channel)
  const claims = { templateId: 'x', instanceId: 'x', templateRule: '', instanceRule: '' }
  const right = (actorType: Settled['actorType'], templateId: string): Buffer =>
    bytesOf(channelOf(client, { ...claims, actorType, templateId }))
  const byTemplate = Array.isArray(client.templates)
    ? client.templates.map((id: string) => ({ id: Buffer.from(id), channel: right('agent', id) }))
    : []
  const other = {
    agent: right('agent', '\0'),
    human: right('human', ''),
    service: right('service', ''),
  }
  return (span, { actorType }) => {
    if (actorType !== 'agent') return other[actorType]
    const template = span.at(templateSlot)
    for (const { id, channel } of byTemplate)
      if (template !== undefined && isWhole(id, span.bytes, template)) return channel
    return other.agent
  }
}
