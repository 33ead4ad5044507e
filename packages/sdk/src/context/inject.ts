import { attribute } from '@whodid/model'
import { inheritedDelegator, makeGrant, recordDelegation } from '../verbs/agent.ts'
import type { DelegateOptions } from '../verbs/agent.ts'
import { scopeHere } from './carrier-scope.ts'
import { formatBaggage, formatTraceParent } from './trace-context.ts'
import type { Grant, Principal } from './identity.ts'
import { guard } from '../runtime.ts'
import { parentOf } from './scope.ts'
import type { Scope } from './scope.ts'

/**
 * Adds `traceparent` and `baggage` to the headers of a request, so that the other side's records join this run. Changes
 * and returns `headers`; baggage of others stays. With a grant, records that this instance delegates to the other side.
 *
 * Only identifiers travel, never prompts or tokens; send them to parties you trust with those. Never throws.
 *
 * @example
 * await fetch(url, { headers: inject({ accept: 'application/json' }) })
 */
export function inject<T extends Record<string, string> | Headers>(
  headers: T,
  grant?: DelegateOptions,
): T {
  return guard(() => {
    const carried = carry(scopeHere(), grant)
    const get = (name: string): string =>
      headers instanceof Headers ? (headers.get(name) ?? '') : (headers[name] ?? '')
    const set = (name: string, value: string): void => {
      if (value === '') return
      if (headers instanceof Headers) headers.set(name, value)
      else Object.assign(headers, { [name]: value })
    }
    set('traceparent', carried.traceparent)
    set('baggage', formatBaggage(get('baggage'), carried.members))
    return headers
  }, headers)
}

/**
 * Returns the environment variables that name a child process's delegator and run: spread them into the `env` you start it with. In the
 * child, `start` reads them, and `agent` becomes a sub-agent of this instance. With a grant, records that this instance
 * delegates, and names the child's template. Never throws.
 *
 * @example
 * spawn('node', ['fixer.mjs'], { env: { ...process.env, ...childEnvironment({ template: 'db-fixer' }) } })
 */
export function childEnvironment(grant?: DelegateOptions): Record<string, string> {
  return guard(() => {
    const scope = scopeHere()
    const carried = carry(scope, grant)
    const environment: Record<string, string> = {}
    const set = (name: string, value: string | undefined): void => {
      if (value !== undefined && value !== '') environment[name] = value
    }
    set('TRACEPARENT', carried.traceparent)
    set('BAGGAGE', formatBaggage('', carried.members))
    if (scope.actor.type === 'agent') set('WHODID_AGENT_INSTANCE', scope.actor.id)
    set('WHODID_AGENT_TEMPLATE', grant?.template)
    set('WHODID_DELEGATOR', carried.delegatorId)
    set('WHODID_CORRELATION_ID', scope.actor.correlationId)
    return environment
  }, {})
}

interface Carried {
  readonly traceparent: string
  readonly delegatorId: string
  readonly members: readonly (readonly [string, string])[]
}

function carry(scope: Scope, options: DelegateOptions | undefined): Carried {
  const { actor } = scope
  const delegator = inheritedDelegator(actor)
  if (options === undefined)
    return carried(parentOf(scope), delegator, members(scope, delegator, actor.grant))
  const grant = makeGrant(options, scope, '')
  const span = recordDelegation(scope, grant, options.template)
  return carried(span, delegator, members(scope, delegator, grant))
}

function carried(
  span: Scope['frame']['parent'],
  delegator: Principal | undefined,
  baggage: Carried['members'],
): Carried {
  return {
    traceparent: span === undefined ? '' : formatTraceParent(span),
    delegatorId: delegator?.id ?? '',
    members: baggage,
  }
}

function members(
  { actor, frame }: Scope,
  delegator: Principal | undefined,
  grant: Grant | undefined,
): Carried['members'] {
  return [
    [attribute.templateId, actor.agent?.template ?? ''],
    [attribute.instanceId, actor.type === 'agent' ? actor.id : ''],
    [attribute.delegatorId, delegator?.id ?? ''],
    [attribute.delegatorType, delegator?.type ?? ''],
    [attribute.delegatorIssuer, delegator?.issuer ?? ''],
    [attribute.delegationId, grant?.id ?? ''],
    [attribute.correlationId, actor.correlationId],
    [attribute.promptRef, frame.promptRef],
    [attribute.planRef, frame.planRef],
    [attribute.delegationChain, actor.chain.length === 0 ? '' : JSON.stringify(actor.chain)],
  ]
}
