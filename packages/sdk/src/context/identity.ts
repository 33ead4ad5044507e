import { randomUUID } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { attribute, delegatorTypes, printableLine, WhodidError } from '@whodid/model'
import type { DelegatorType } from '@whodid/model'

/** Longest identifier that is sent, in UTF-16 units; a longer one is cut. */
const idLengthMax = 512

/**
 * A human, a service or a schedule on whose behalf an agent acts.
 *
 * @example
 * const delegator: Principal = { id: 'nightly', type: 'schedule' }
 */
export interface Principal {
  /** The identity provider's stable ID of the principal, such as `dev@acme.example`. */
  readonly id: string
  /** Default `human`. `none` says that nobody stands behind the agent; leaving the principal out says nothing. */
  readonly type?: DelegatorType
  /** The issuer of the ID, such as the identity provider's URL. */
  readonly issuer?: string
}

/**
 * The agent as it is deployed: one definition, many runs.
 *
 * @example
 * const identity: AgentIdentity = { template: 'pr-triage', version: '1.4' }
 */
export interface AgentIdentity {
  /** Stable ID of the definition, `gen_ai.agent.id`. */
  readonly template: string
  /** For people; default none. */
  readonly name?: string
  readonly version?: string
  /** SPIFFE ID of the workload, where there is one. */
  readonly identityId?: string
}

/** A grant by which one instance lets another act, narrower than its own. */
export interface Grant {
  readonly id: string
  readonly parentId?: string | undefined
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  readonly expiresAt?: string | undefined
  readonly scopes?: readonly string[] | undefined
}

/**
 * Whoever acts: one instance of an agent, a human, or a service. Its attributes stand on every record it makes.
 *
 * @example
 * const stopped = view.stopOf(actor satisfies Actor)
 */
export interface Actor {
  readonly type: 'agent' | 'human' | 'service' | ''
  /** Instance ID, user ID or service name. */
  readonly id: string
  readonly agent: AgentIdentity | undefined
  readonly parentInstanceId: string
  readonly delegator: Principal | undefined
  readonly correlationId: string
  /** Human first, this actor last. */
  readonly chain: readonly string[]
  readonly grant: Grant | undefined
  /** False for an instance that lives in another process: only that process may number its records. */
  readonly counts: boolean
  /** Other identifiers of the run that are real, such as a conversation's. */
  readonly ids?: Attributes
  /** Number of the last record of this instance. Owned by the recorder. */
  seq: number
  readonly attributes: Attributes
}

/** Completes an actor with the attributes that every one of its records carries. */
export function makeActor(actor: Omit<Actor, 'attributes' | 'seq'>): Actor {
  return { ...actor, seq: 0, attributes: actorAttributes(actor) }
}

/** Stands in when a verb was given what is no identity at all: a record that names nobody, rather than somebody wrongly. */
export const unknownActor: Actor = makeActor({
  type: '',
  id: '',
  agent: undefined,
  parentInstanceId: '',
  delegator: undefined,
  correlationId: '',
  chain: [],
  grant: undefined,
  counts: false,
})

/** The correlation ID that is given, else the inherited one, else a new one. */
export function correlationOf(given: string | undefined, from: Actor): string {
  const id = given === undefined || given === '' ? from.correlationId : boundedId(String(given))
  return id === '' ? uuidV7() : id
}

/** A principal from its short form; throws `invalid_config`, quoting `option`. */
export function parsePrincipal(given: Principal | string, option: string): Principal {
  const principal: unknown = typeof given === 'string' ? { id: given } : given
  const id = field(principal, 'id')
  const type = field(principal, 'type')
  if (type !== 'none' && (typeof id !== 'string' || id.trim() === ''))
    throw invalid(`${option}.id`, 'text that is not empty', id)
  if (type !== undefined && !delegatorTypes.some((known) => known === type))
    throw invalid(`${option}.type`, `one of ${delegatorTypes.join(', ')}`, type)
  return typeof given === 'string' ? { id: given, type: 'human' } : { type: 'human', ...given }
}

/** A caller without types may give anything. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** As {@link parsePrincipal}, but drops what is wrong: for verbs, which never throw. */
export function principalOf(given: Principal | string | undefined): Principal | undefined {
  if (given === undefined) return undefined
  try {
    return parsePrincipal(given, 'onBehalfOf')
  } catch {
    // The record then names no delegator, and the ledger shows that as a gap.
    return undefined
  }
}

/** An identifier cut to its bound. */
export function boundedId(id: string): string {
  return id.length <= idLengthMax ? id : id.slice(0, idLengthMax)
}

function actorAttributes(actor: Omit<Actor, 'attributes' | 'seq'>): Attributes {
  const attributes: Attributes = { ...actor.ids }
  put(attributes, attribute.correlationId, actor.correlationId)
  if (actor.type !== '') attributes[attribute.actorType] = actor.type
  if (actor.type === 'agent') attributes[attribute.instanceId] = actor.id
  if (actor.type === 'service') attributes[attribute.serviceName] = actor.id
  put(attributes, attribute.instanceParentId, actor.parentInstanceId)
  put(attributes, attribute.templateId, actor.agent?.template)
  put(attributes, attribute.templateName, actor.agent?.name)
  put(attributes, attribute.templateVersion, actor.agent?.version)
  put(attributes, attribute.identityId, actor.agent?.identityId)
  put(attributes, attribute.delegatorId, actor.delegator?.id)
  put(attributes, attribute.delegatorType, actor.delegator?.type)
  put(attributes, attribute.delegatorIssuer, actor.delegator?.issuer)
  if (actor.type === 'human') attributes[attribute.userId] = actor.id
  else if (actor.delegator?.type === 'human') attributes[attribute.userId] = actor.delegator.id
  if (actor.chain.length > 0) attributes[attribute.delegationChain] = [...actor.chain]
  return { ...attributes, ...grantAttributes(actor.grant) }
}

/** The attributes of a grant. */
export function grantAttributes(grant: Grant | undefined): Attributes {
  const attributes: Attributes = {}
  put(attributes, attribute.delegationId, grant?.id)
  put(attributes, attribute.delegationParentId, grant?.parentId)
  put(attributes, attribute.delegationIssuer, grant?.issuer)
  put(attributes, attribute.delegationAudience, grant?.audience)
  put(attributes, attribute.delegationExpiresAt, grant?.expiresAt)
  if (grant?.scopes !== undefined) attributes[attribute.delegationScopes] = grant.scopes.map(String)
  return attributes
}

/** Sets an attribute that has something to say. */
export function put(attributes: Attributes, key: string, value: string | undefined): void {
  if (value !== undefined && value !== '') attributes[key] = boundedId(String(value))
}

function invalid(field: string, expected: string, got: unknown): WhodidError {
  return new WhodidError(
    'invalid_config',
    `"${field}" expected ${expected}; got "${printableLine(String(got), 80)}"`,
  )
}

/** Longest ID of a run below which instances are named, in UTF-16 units; below a longer one the ID would be cut. */
const runIdLengthMax = 400

/**
 * A new instance's ID. Under `whodid run` it is below the run's: the credential of the run speaks for such instances, and for no
 * other that this process might name.
 */
export function newInstanceId(): string {
  const run = process.env['WHODID_RUN_INSTANCE']?.trim() ?? ''
  return run === '' || run.length > runIdLengthMax ? uuidV7() : `${run}/${uuidV7()}`
}

/** A new UUID of version 7 (RFC 9562 §5.7): sorts by its millisecond, otherwise random. */
export function uuidV7(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  const random = randomUUID()
  return `${time.slice(0, 8)}-${time.slice(8, 12)}-7${random.slice(15)}`
}
