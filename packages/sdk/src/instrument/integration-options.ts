import type { PromptOrigin } from '@whodid/model'
import type { Principal } from '../context/identity.ts'
import { currentScope, parentOf, runInScope } from '../context/scope.ts'
import type { AgentOptions } from '../verbs/agent.ts'
import type { ToolOptions } from '../verbs/tool-attributes.ts'
import { guard } from '../runtime.ts'
import { openAgent } from './open.ts'
import type { OpenRun } from './open.ts'

/** A tool call that a framework is about to make. */
export interface RequestedTool {
  readonly name: string
  /** The arguments as the framework gives them to the tool. */
  readonly arguments: unknown
}

/**
 * What a framework does not know of a tool and the ledger wants: its effect and its object.
 *
 * @example
 * const description: ToolDescription = { verb: 'update', resource: 'github:pull:acme/app/812' }
 */
export type ToolDescription = Pick<
  ToolOptions,
  'verb' | 'resource' | 'destructive' | 'credential' | 'input'
>

/**
 * Options that every integration of a framework takes. None is needed.
 *
 * @example
 * const options: IntegrationOptions = {
 *   template: 'order-clerk',
 *   describe: ({ name }) => (name.startsWith('get_') ? { verb: 'read' } : undefined),
 * }
 */
export interface IntegrationOptions {
  /** Template of the runs that the framework itself does not name. Default: that of `start`. */
  readonly template?: string
  /** Version of every run's template. */
  readonly version?: string
  /** The delegator of the outermost runs, or a function that names it as a run begins. Default: the enclosing run's, or that of `start`. */
  readonly onBehalfOf?: Principal | string | (() => Principal | string | undefined)
  /** Origin of the outermost prompts, where the application knows it. Default `unknown`: never guessed to be a human. */
  readonly promptOrigin?: PromptOrigin
  /** Names the effect and the object of a tool call. Without it the verb is `execute`. Its errors are counted and ignored. */
  readonly describe?: (tool: RequestedTool) => ToolDescription | undefined
}

/** The options of the verb `tool` for a call of a framework. Never throws. */
export function toolOptionsOf(
  options: IntegrationOptions,
  tool: RequestedTool & { readonly callId?: string | undefined },
): ToolOptions {
  const described = guard(() => options.describe?.(tool), undefined)
  return {
    ...described,
    arguments: tool.arguments,
    ...(tool.callId === undefined ? {} : { callId: tool.callId }),
  }
}

/** A run as a framework names it. */
export interface FrameworkRun extends Omit<AgentOptions, 'onBehalfOf' | 'template'> {
  /** Its name in the framework; '' when it has none. */
  readonly named: string
  readonly onBehalfOf?: Principal | string | undefined
}

/**
 * Begins the run of a framework's agent. A run without a name that is started within another belongs to that one: it is a part
 * of its work and no other agent. Never throws.
 */
export function openFrameworkRun(run: FrameworkRun, options: IntegrationOptions): OpenRun {
  const { named, onBehalfOf, ...more } = run
  const around = currentScope()
  if (named === '' && around !== undefined && around.actor.type === 'agent') return joined(around)
  const template = named === '' ? options.template : named
  const isOutermost = around === undefined || around.actor.type === ''
  const delegator = onBehalfOf ?? (isOutermost ? delegatorOf(options) : undefined)
  return openAgent({
    ...(template === undefined ? {} : { template }),
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(delegator === undefined ? {} : { onBehalfOf: delegator }),
    ...more,
  })
}

/** The origin of a framework's prompt: the application's word for the outermost, the SDK's default for a sub-agent's. */
export function promptOptionsOf(
  run: OpenRun,
  options: IntegrationOptions,
): { readonly origin?: PromptOrigin } {
  const isOutermost = run.scope.actor.parentInstanceId === ''
  return isOutermost && options.promptOrigin !== undefined ? { origin: options.promptOrigin } : {}
}

function delegatorOf({ onBehalfOf }: IntegrationOptions): Principal | string | undefined {
  return typeof onBehalfOf === 'function' ? guard(onBehalfOf, undefined) : onBehalfOf
}

function joined(around: NonNullable<ReturnType<typeof currentScope>>): OpenRun {
  const { actor, frame } = around
  // A frame of its own: a prompt in it does not reach the calls beside it.
  const own = { ...frame, parent: parentOf(around), outerPlanRef: frame.planRef }
  const scope = { ...around, frame: own, call: undefined }
  return {
    scope,
    run: {
      id: actor.id,
      agent: actor.agent,
      delegator: actor.delegator,
      correlationId: actor.correlationId,
      traceId: own.parent?.traceId ?? '',
      span: '',
    },
    within: (body) => runInScope(scope, body),
    end: () => undefined,
  }
}
