import { scopeHere } from '../context/carrier-scope.ts'
import type { Credential } from '../context/credential.ts'
import {
  boundedId,
  correlationOf,
  makeActor,
  principalOf,
  unknownActor,
} from '../context/identity.ts'
import type { Actor, Principal } from '../context/identity.ts'
import { guard } from '../runtime.ts'
import { runSession } from './session.ts'
import type { Run } from './session.ts'

/**
 * A human who acts without an agent.
 *
 * @example
 * const options: HumanOptions = { id: 'dev@acme.example' }
 */
export interface HumanOptions {
  /** The identity provider's stable ID. */
  readonly id: string
  readonly credential?: Credential
  /** Default: inherited, or new. */
  readonly correlationId?: string
}

/**
 * A job that is no agent.
 *
 * @example
 * const options: ServiceOptions = { name: 'nightly-billing' }
 */
export interface ServiceOptions {
  /** `service.name` of the job. */
  readonly name: string
  /** The schedule, service or human behind it; default: nobody, said explicitly. */
  readonly onBehalfOf?: Principal | string
  readonly credential?: Credential
  /** Default: inherited, or new. */
  readonly correlationId?: string
}

/**
 * Runs `body` as a human's own act: its records name the human and no agent instance. Use it where your code serves a
 * person directly, so that the ledger separates the person's acts from an agent's acts in the person's name.
 *
 * @example
 * await human({ id: 'dev@acme.example' }, () =>
 *   tool('merge', { verb: 'update', resource: 'github:pull:acme/app/812' }, () => merge(812)),
 * )
 */
export function human<T>(
  options: HumanOptions,
  body: (run: Run) => T | PromiseLike<T>,
): Promise<T> {
  const from = scopeHere()
  const spec = guard(
    () => ({ actor: humanActor(options, from.actor), credential: options.credential }),
    { actor: unknownActor, credential: undefined },
  )
  return runSession({ ...spec, from, inherit: false }, body)
}

/**
 * Runs `body` as a service: a scheduled job or a back end that is no agent and acts by its own program.
 *
 * @example
 * await service({ name: 'nightly-billing', onBehalfOf: { id: 'nightly', type: 'schedule' } }, () => bill())
 */
export function service<T>(
  options: ServiceOptions,
  body: (run: Run) => T | PromiseLike<T>,
): Promise<T> {
  const from = scopeHere()
  const spec = guard(
    () => ({ actor: serviceActor(options, from.actor), credential: options.credential }),
    { actor: unknownActor, credential: undefined },
  )
  return runSession({ ...spec, from, inherit: false }, body)
}

function humanActor(options: HumanOptions, from: Actor): Actor {
  const id = boundedId(String(options.id))
  return makeActor({
    type: 'human',
    id,
    agent: undefined,
    parentInstanceId: '',
    delegator: { id: '', type: 'none' },
    correlationId: correlationOf(options.correlationId, from),
    chain: [id],
    grant: undefined,
    counts: false,
  })
}

function serviceActor(options: ServiceOptions, from: Actor): Actor {
  const id = boundedId(String(options.name))
  const delegator = principalOf(options.onBehalfOf) ?? { id: '', type: 'none' as const }
  return makeActor({
    type: 'service',
    id,
    agent: undefined,
    parentInstanceId: '',
    delegator,
    correlationId: correlationOf(options.correlationId, from),
    chain: delegator.id === '' ? [id] : [delegator.id, id],
    grant: undefined,
    counts: false,
  })
}
