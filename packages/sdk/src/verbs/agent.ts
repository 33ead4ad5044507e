import { attribute } from '@whodid/model'
import { scopeHere, chainHopsMax } from '../context/carrier-scope.ts'
import type { Credential } from '../context/credential.ts'
import {
  correlationOf,
  grantAttributes,
  makeActor,
  newInstanceId,
  principalOf,
  put,
  unknownActor,
  uuidV7,
} from '../context/identity.ts'
import type { Actor, AgentIdentity, Grant, Principal } from '../context/identity.ts'
import { recordInstant } from './record.ts'
import { activeRuntime, guard } from '../runtime.ts'
import type { Scope } from '../context/scope.ts'
import { runSession } from './session.ts'
import type { Run, SessionSpec } from './session.ts'

/**
 * The agent of a run, and its delegator. Members that are left out are inherited: from the run around it, the process's environment, or `start`.
 *
 * @example
 * const options: AgentOptions = { template: 'pr-triage', version: '1.4', onBehalfOf: 'dev@acme.example' }
 */
export interface AgentOptions extends Partial<AgentIdentity> {
  /** The human, service or schedule behind the run; a string is a human's ID. */
  readonly onBehalfOf?: Principal | string
  /** The credential of the run's tools that name none. */
  readonly credential?: Credential
  /** One ID from the request to everything it reached. Default: inherited, or new. */
  readonly correlationId?: string
  /** `gen_ai.conversation.id`, when there is a real one. */
  readonly conversationId?: string
  /** `session.id`, when there is a real one. */
  readonly sessionId?: string
}

/**
 * The agent to which an instance delegates, and the grant.
 *
 * @example
 * const options: DelegateOptions = { template: 'db-fixer', scopes: ['orders:write'] }
 */
export interface DelegateOptions extends AgentOptions {
  /** The scopes that the grant allows. */
  readonly scopes?: readonly string[]
  /** ID of the grant, when a real one exists, such as a token's `jti`. Default: new. */
  readonly id?: string
  readonly issuer?: string
  /** Default: the new instance. */
  readonly audience?: string
  /** RFC 3339. */
  readonly expiresAt?: string
}

/**
 * Runs `body` as a new instance of an agent: every record made within, in whatever async code, names this instance, its
 * template and on whose behalf it acts. The instance ID is new each time and never reused.
 *
 * Within another agent's run it is a sub-agent of that instance without a grant of its own; {@link delegate} gives it one.
 * Returns what `body` returns and throws what it throws, unchanged; either way the run's end is recorded.
 *
 * @example
 * await agent({ template: 'pr-triage', onBehalfOf: 'dev@acme.example' }, async (run) => {
 *   await prompt('Merge what is green', { origin: 'human' })
 *   console.log(run.id)
 * })
 */
export function agent<T>(
  options: AgentOptions,
  body: (run: Run) => T | PromiseLike<T>,
): Promise<T> {
  return runSession(agentSpec(options, scopeHere()), body)
}

/** The run of an agent, or of a sub-agent without a grant. Never throws. */
export function agentSpec(options: AgentOptions, from: Scope): SessionSpec {
  const spec = guard(
    () => ({
      actor: agentActor(options, from, undefined),
      credential: options.credential,
    }),
    { actor: unknownActor, credential: undefined },
  )
  return { ...spec, from, inherit: true }
}

/**
 * Hands part of the work to a sub-agent in this process: records the grant, then runs `body` as the new instance, which
 * numbers its own records, keeps the human at the head of its delegation chain, and states the grant on every record.
 *
 * For a sub-agent in another process, give the grant to `childEnvironment` or `inject` instead.
 *
 * @example
 * await delegate({ template: 'db-fixer', scopes: ['orders:write'] }, async () => {
 *   await tool('fix_order', { verb: 'update', resource: 'db:row:shop/orders/42' }, () => fix(42))
 * })
 */
export function delegate<T>(
  options: DelegateOptions,
  body: (run: Run) => T | PromiseLike<T>,
): Promise<T> {
  return runSession(delegateSpec(options, scopeHere()), body)
}

/** The run of a sub-agent with a grant, which is recorded first. Never throws. */
export function delegateSpec(options: DelegateOptions, from: Scope): SessionSpec {
  const spec = guard(
    () => {
      const instanceId = newInstanceId()
      const grant = makeGrant(options, from, instanceId)
      return {
        actor: agentActor(options, from, { instanceId, grant }),
        parent: recordDelegation(from, grant, options.template),
        credential: options.credential,
      }
    },
    { actor: unknownActor, parent: undefined, credential: undefined },
  )
  return { ...spec, from, inherit: true }
}

/** A grant below the one under which the scope's actor works itself. */
export function makeGrant(options: DelegateOptions, from: Scope, audience: string): Grant {
  return {
    id: options.id ?? uuidV7(),
    parentId: from.actor.grant?.id,
    issuer: options.issuer,
    audience: options.audience ?? audience,
    expiresAt: options.expiresAt,
    scopes: options.scopes,
  }
}

/** Records, as the one who delegates, that a grant was given. */
export function recordDelegation(
  from: Scope,
  grant: Grant,
  template: string | undefined,
): Scope['frame']['parent'] {
  return recordInstant(from, {
    kind: 'delegation',
    name: `delegate ${template ?? ''}`.trimEnd(),
    attributes: () => grantAttributes(grant),
  })
}

function agentActor(
  options: AgentOptions,
  from: Scope,
  delegated: { readonly instanceId: string; readonly grant: Grant } | undefined,
): Actor {
  const parent = from.actor
  const config = activeRuntime()?.config
  const id = delegated?.instanceId ?? newInstanceId()
  const named = principalOf(options.onBehalfOf)
  const delegator = named ?? inheritedDelegator(parent) ?? config?.onBehalfOf
  const ids = {}
  put(ids, attribute.conversationId, options.conversationId)
  put(ids, attribute.sessionId, options.sessionId)
  return makeActor({
    type: 'agent',
    id,
    agent: identity(options, config?.agent),
    parentInstanceId: parent.type === 'agent' ? parent.id : '',
    delegator,
    correlationId: correlationOf(options.correlationId, parent),
    chain: lengthen(named === undefined ? parent.chain : [], delegator, id),
    grant: delegated?.grant ?? parent.grant,
    counts: true,
    ids,
  })
}

function identity(
  options: AgentOptions,
  preset: AgentIdentity | undefined,
): AgentIdentity | undefined {
  const { template, name, version, identityId } = options
  // Another template is another agent: the preset's name and version are not its.
  const base = template === undefined || template === preset?.template ? preset : { template }
  if (base === undefined) return undefined
  return {
    ...base,
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(identityId === undefined ? {} : { identityId }),
  }
}

/** On whose behalf someone acts whom this actor starts. */
export function inheritedDelegator(actor: Actor): Principal | undefined {
  if (actor.type === 'human') return { id: actor.id, type: 'human' }
  if (actor.type === 'service' && (actor.delegator?.type ?? 'none') === 'none')
    return { id: actor.id, type: 'service' }
  return actor.delegator
}

function lengthen(
  chain: readonly string[],
  delegator: Principal | undefined,
  id: string,
): readonly string[] {
  const before =
    chain.length > 0 || delegator === undefined || delegator.id === '' ? chain : [delegator.id]
  const whole = [...before, id]
  // The human at the head and the hops nearest to the actor say most.
  return whole.length <= chainHopsMax
    ? whole
    : [...whole.slice(0, 1), ...whole.slice(1 - chainHopsMax)]
}
