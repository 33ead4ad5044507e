import { attribute, delegatorTypes, parseSpanRef } from '@whodid/model'
import type { DelegatorType } from '@whodid/model'
import type { Config } from '../config.ts'
import { activeRuntime, guard } from '../runtime.ts'
import { boundedId, makeActor } from './identity.ts'
import type { Principal } from './identity.ts'
import { noteEnclosing } from '../opentelemetry/application-spans.ts'
import { applicationSpan } from './scope-span.ts'
import { currentScope, runInScope } from './scope.ts'
import type { Scope } from './scope.ts'
import { parseBaggage, parseTraceParent } from './trace-context.ts'

/** HTTP headers or environment variables, as Node gives them, or a `Headers`. */
export type Carrier = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** Hops of a delegation chain that are kept. */
export const chainHopsMax = 64

/**
 * The scope that a carrier describes: whoever sent it acts, and what it says is a claim. Never throws: what does not parse
 * is passed over, and the record shows the gap.
 */
export function carrierScope(carrier: Carrier, config: Config | undefined): Scope {
  const baggage = parseBaggage(read(carrier, 'baggage'))
  const said = (key: string, variable = ''): string => {
    const value = baggage.get(key) ?? (variable === '' ? '' : read(carrier, variable))
    return boundedId(value.trim())
  }
  const instanceId = said(attribute.instanceId, 'WHODID_AGENT_INSTANCE')
  const template = said(attribute.templateId, 'WHODID_AGENT_TEMPLATE')
  const delegationId = said(attribute.delegationId)
  const actor = makeActor({
    type: instanceId === '' ? '' : 'agent',
    id: instanceId,
    agent: template === '' ? config?.agent : { template },
    parentInstanceId: '',
    delegator: delegator(said) ?? config?.onBehalfOf,
    correlationId: said(attribute.correlationId, 'WHODID_CORRELATION_ID'),
    chain: chain(baggage.get(attribute.delegationChain) ?? ''),
    grant: delegationId === '' ? undefined : { id: delegationId },
    counts: false,
  })
  const planRef = ref(said(attribute.planRef))
  const frame = {
    parent: parseTraceParent(read(carrier, 'traceparent')),
    promptRef: ref(said(attribute.promptRef)),
    planRef,
    outerPlanRef: planRef,
  }
  return { actor, frame, call: undefined, credential: undefined }
}

function read(carrier: Carrier, name: string): string {
  // Headers are lower-case in Node and variables upper-case by convention; both spellings are understood.
  if (carrier instanceof Headers) return carrier.get(name) ?? ''
  const value = carrier[name] ?? carrier[name.toUpperCase()]
  if (typeof value === 'string') return value
  return value === undefined ? '' : value.join(',')
}

function delegator(said: (key: string, variable?: string) => string): Principal | undefined {
  const id = said(attribute.delegatorId, 'WHODID_DELEGATOR')
  const named = said(attribute.delegatorType)
  const type: DelegatorType = delegatorTypes.find((known) => known === named) ?? 'human'
  if (id === '' && named !== 'none') return undefined
  const issuer = said(attribute.delegatorIssuer)
  return issuer === '' ? { id, type } : { id, type, issuer }
}

function chain(json: string): readonly string[] {
  try {
    const hops: unknown = json === '' ? [] : JSON.parse(json)
    if (!Array.isArray(hops)) return []
    return hops
      .filter((hop) => typeof hop === 'string')
      .slice(0, chainHopsMax)
      .map(boundedId)
  } catch {
    // Not the list this SDK writes: the chain then begins anew with the delegator.
    return []
  }
}

function ref(text: string): string {
  const parsed = parseSpanRef(text)
  return parsed === undefined ? '' : `${parsed.trace}-${parsed.span}`
}

let ambient: Scope | undefined

/** Returns the scope of a verb: that of the run around it, or, outside of any, the one that the process inherited. */
export function scopeHere(): Scope {
  const scope = currentScope()
  if (scope !== undefined) return scope
  // Once: the environment names the run that started the process; later changes are meant for its children.
  ambient ??= carrierScope(process.env, activeRuntime()?.config)
  return ambient
}

/** Reads the environment anew. */
export function resetAmbient(): void {
  ambient = undefined
}

/**
 * Runs `body` as the continuation of the run that sent the headers or set the environment: an `agent` within becomes a sub-agent of the
 * sender's instance, and a `tool` within is the sender's act.
 *
 * The words of a carrier are a claim, and the ledger grades them so: call this for peers you trust, after you have authenticated
 * them. Never throws by itself; a carrier that says nothing changes nothing.
 *
 * @example
 * server.on('request', (request) => continueFrom(request.headers, () => handle(request)))
 */
export async function continueFrom<T>(
  carrier: Carrier,
  body: () => T | PromiseLike<T>,
): Promise<T> {
  const scope = guard(
    () => belowServerSpan(carrierScope(carrier, activeRuntime()?.config)),
    scopeHere(),
  )
  return runInScope(scope, body)
}

/** The application's own span of a request continues what the request's headers name, and stands between. */
function belowServerSpan(scope: Scope): Scope {
  const span = applicationSpan()?.spanContext()
  if (span === undefined || span.traceId !== scope.frame.parent?.traceId) return scope
  noteEnclosing(span)
  return { ...scope, frame: { ...scope.frame, parent: span } }
}
