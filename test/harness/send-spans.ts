import { createHash } from 'node:crypto'
import type { WhodidProcess } from './whodid-process.ts'

/** The attributes of a span: texts, integers, and what is true or false. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/**
 * Sends spans of one trace, a millisecond apart and the last a second ago, as an exporter would, over OTLP/JSON. The trace
 * ID is made of `name`. Throws when the collector does not take them.
 */
export async function sendSpans(
  whodid: WhodidProcess,
  name: string,
  spans: readonly SpanAttributes[],
): Promise<void> {
  const traceId = traceOf(name)
  const startedNs = BigInt(Date.now() - 1_000 - spans.length) * 1_000_000n
  const encoded = spans.map((attributes, index) => ({
    traceId,
    spanId: (index + 1).toString(16).padStart(16, '0'),
    name: 'act',
    startTimeUnixNano: `${startedNs + BigInt(index) * 1_000_000n}`,
    endTimeUnixNano: `${startedNs + BigInt(index) * 1_000_000n}`,
    attributes: Object.entries(attributes).map(([key, value]) => ({
      key,
      value: encodeValue(value),
    })),
  }))
  const response = await fetch(`${whodid.otlpUrl}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${whodid.tokens.ingest}`,
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: encoded }] }] }),
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
}

/** The ID of the trace of {@link sendSpans}; its spans are numbered from 1. */
export function traceOf(name: string): string {
  return createHash('md5').update(name).digest('hex')
}

/** What a span says that is a tool call which came off. */
export function toolCall(verb: string, resource: string): SpanAttributes {
  return {
    'whodid.record.kind': 'tool_call',
    'gen_ai.tool.name': `${verb}_it`,
    'whodid.action.verb': verb,
    'whodid.action.outcome': 'success',
    'whodid.resource.id': resource,
  }
}

function encodeValue(value: string | number | boolean): object {
  if (typeof value === 'number') return { intValue: value }
  return typeof value === 'boolean' ? { boolValue: value } : { stringValue: value }
}
