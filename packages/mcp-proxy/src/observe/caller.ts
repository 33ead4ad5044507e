import { childEnvironment, continueFrom, current, inject } from '@whodid/sdk'
import { isObject, textOf } from '../message/json-value.ts'

/** Where a message names its sender: `params._meta` of MCP, or the headers of its request. */
export interface Said {
  readonly traceparent: string
  readonly baggage: string
}

/** Bytes of a carrier that is read; a longer one is dropped, and counted. */
const carrierLengthMax = 8_192

/** Carriers that were dropped because they were too long. */
export const droppedCarriers = { count: 0 }

/** Reads a carrier. What is no text, or too long, says nothing. */
export function readSaid(carrier: unknown): Said {
  return { traceparent: bounded(carrier, 'traceparent'), baggage: bounded(carrier, 'baggage') }
}

/** The first carrier that says something. */
export function firstSaid(...carriers: readonly Said[]): Said {
  const traced = carriers.find(({ traceparent, baggage }) => traceparent !== '' || baggage !== '')
  return traced ?? { traceparent: '', baggage: '' }
}

/**
 * Runs `body` as the caller of a message. A message that names an instance in its baggage is that instance's; one with only a trace is
 * the run's in whose environment the proxy was started, within that trace; any other is simply that run's.
 */
export function asCaller<T>(
  { traceparent, baggage }: Said,
  body: () => T | Promise<T>,
): Promise<T> {
  if (namesInstance(baggage)) return continueFrom({ traceparent, baggage }, body)
  if (traceparent === '') return Promise.resolve(body())
  // Inside a run this is the run; outside it is the environment, which is read again.
  const here = current() === undefined ? process.env : childEnvironment()
  return continueFrom({ ...here, traceparent }, body)
}

/** The parts of the delegation that a request carries on, beside its trace. */
export type Carried = Readonly<Record<string, unknown>>

/** The `_meta` key under which the delegation is written out, for servers that do not read W3C baggage. */
const delegationMetaKey = 'io.github.whodid/delegation'

/** The members that are added to `_meta` of a call, from within it. `baggage` is what the caller sent there; members of others stay. */
export function carriedMeta(baggage: string, carry: 'all' | 'trace'): Carried {
  const { traceparent, baggage: carried } = inject<Record<string, string>>({ baggage })
  if (carry === 'trace') return { traceparent }
  const delegation = delegationHere()
  return {
    traceparent,
    ...(carried === undefined || carried === '' ? {} : { baggage: carried }),
    ...(Object.keys(delegation).length === 0 ? {} : { [delegationMetaKey]: delegation }),
  }
}

function delegationHere(): Readonly<Record<string, unknown>> {
  const here = current()
  if (here === undefined) return {}
  const { agent, delegator } = here
  const all = {
    instance: here.actorType === 'agent' ? here.id : '',
    template: agent?.template ?? '',
    delegator: delegator?.id ?? '',
    delegator_type: delegator?.type ?? '',
    correlation: here.correlationId,
    chain: here.delegationChain,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length > 0))
}

function namesInstance(baggage: string): boolean {
  return /(?:^|,)\s*whodid\.agent\.instance\.id=[^,\s]/u.test(baggage)
}

function bounded(carrier: unknown, key: string): string {
  if (!isObject(carrier)) return ''
  const text = textOf(carrier, key)
  if (text.length <= carrierLengthMax) return text
  droppedCarriers.count += 1
  return ''
}
