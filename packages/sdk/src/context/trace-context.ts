import { TraceFlags } from '@opentelemetry/api'
import type { SpanContext } from '@opentelemetry/api'
import { baggageKeys, isSpanIdHex, isTraceIdHex } from '@whodid/model'

/** W3C Baggage §3.3.2: what every party must be able to carry. */
const baggageBytesMax = 8192
const membersMax = 64

const ours: ReadonlySet<string> = new Set(baggageKeys)

/**
 * Adds this SDK's members to a `baggage` header, in place of older ones of the same name; the application's stay. Members
 * that no longer fit are left out, the last first.
 */
export function formatBaggage(
  existing: string,
  members: readonly (readonly [string, string])[],
): string {
  const kept = split(existing).filter((member) => !ours.has(keyOf(member)))
  let header = kept.join(',')
  let count = kept.length
  for (const [key, value] of members) {
    if (value === '') continue
    const next = `${header}${header === '' ? '' : ','}${key}=${encodeURIComponent(value.toWellFormed())}`
    if (next.length > baggageBytesMax || count >= membersMax) continue
    header = next
    count += 1
  }
  return header
}

/** This SDK's members of a `baggage` header. Others, and what does not decode, are passed over. */
export function parseBaggage(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const member of split(header.slice(0, baggageBytesMax))) {
    const key = keyOf(member)
    const value = decode(member.slice(member.indexOf('=') + 1).split(';', 1)[0] ?? '')
    if (ours.has(key) && value !== undefined && !found.has(key)) found.set(key, value)
  }
  return found
}

function split(header: string): string[] {
  return header
    .split(',', membersMax)
    .map((member) => member.trim())
    .filter((member) => member.includes('='))
}

function keyOf(member: string): string {
  return member.slice(0, member.indexOf('=')).trim()
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value.trim())
  } catch {
    return undefined
  }
}

/** A `traceparent` header (W3C Trace Context §3.2). Always sampled: the ledger keeps everything. */
export function formatTraceParent(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-01`
}

/** The span a `traceparent` names; undefined when it is not one. A version after 00 may carry more, which is ignored. */
export function parseTraceParent(text: string): SpanContext | undefined {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/u.exec(
    text.trim(),
  )
  const [, version = 'ff', traceId = '', spanId = ''] = match ?? []
  if (version === 'ff' || !isTraceIdHex(traceId) || !isSpanIdHex(spanId)) return undefined
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
}
