import type { AgentIdentity, Principal } from './identity.ts'
import { currentScope, parentOf } from './scope.ts'
import { formatTraceParent } from './trace-parent.ts'

/** Where the calling code stands. Identifiers that are not there are ''. */
export interface Current {
  readonly actorType: 'agent' | 'human' | 'service' | ''
  /** Instance ID of an agent, user ID of a human, name of a service. */
  readonly id: string
  readonly agent: AgentIdentity | undefined
  readonly delegator: Principal | undefined
  readonly delegationChain: readonly string[]
  readonly correlationId: string
  readonly promptRef: string
  readonly planRef: string
  /** The tool call this code runs in. */
  readonly actionId: string
  readonly traceparent: string
}

/** Who acts here, for whom, and why; undefined outside of any run. */
export function current(): Current | undefined {
  const scope = currentScope()
  if (scope === undefined) return undefined
  const parent = parentOf(scope)
  return {
    actorType: scope.actor.type,
    id: scope.actor.id,
    agent: scope.actor.agent,
    delegator: scope.actor.delegator,
    delegationChain: scope.actor.chain,
    correlationId: scope.actor.correlationId,
    promptRef: scope.frame.promptRef,
    planRef: scope.frame.planRef,
    actionId: scope.call?.actionId ?? '',
    traceparent: parent === undefined ? '' : formatTraceParent(parent),
  }
}
