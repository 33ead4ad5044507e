import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { Config } from '../config.ts'
import { credentialAttributes } from '../context/credential.ts'
import type { Credential } from '../context/credential.ts'
import { put } from '../context/identity.ts'
import type { Scope } from '../context/scope.ts'
import { approvalAttributes } from './approval.ts'
import type { Approval } from './approval.ts'
import { captureContent, contentHash, resourceAttributes } from './content.ts'
import { putInput } from './input.ts'
import type { InputOrigin } from './input.ts'

/**
 * The verb, the resource and the credential of a tool call.
 *
 * @example
 * const options: ToolOptions = { verb: 'delete', resource: 'file:/srv/note.txt', step: 2 }
 */
export interface ToolOptions {
  /** `create` `read` `update` `delete` `execute` `send` `approve` or your own. Default `execute`. */
  readonly verb?: string
  /** The resource that it touches, as a URI-like ID or a URL: `github:pull:acme/app/812`, `db:row:shop/customers/42`, `file:/srv/app/a.ts`. */
  readonly resource?: string
  /** The arguments of the call. Their hash is always recorded, their text by the capture policy. */
  readonly arguments?: unknown
  /** True records the intent, and waits for its acknowledgement, before the tool runs. Default: true for every verb but `read`. */
  readonly destructive?: boolean
  /** Default: the run's. */
  readonly credential?: Credential
  /** Number from 1 of the plan's step that this call carries out. */
  readonly step?: number
  /** Says that the result enters the model's context. */
  readonly input?: InputOrigin
  /** The decision that allowed the call. */
  readonly approval?: Approval
  /** The model's ID of the call. Default: the action's. */
  readonly callId?: string
  /** `gen_ai.tool.type`, such as `function`, `extension`, `datastore`. */
  readonly type?: string
  readonly description?: string
}

interface CallFacts {
  readonly name: string
  readonly options: ToolOptions
  readonly actionId: string
  readonly scope: Scope
  readonly config: Config
}

/** Returns the attributes of a tool call that are known before it runs. */
export function callAttributes({ name, options, actionId, scope, config }: CallFacts): Attributes {
  const attributes: Attributes = {}
  put(attributes, attribute.toolName, name)
  put(attributes, attribute.toolType, options.type)
  put(attributes, attribute.toolDescription, options.description)
  put(attributes, attribute.toolCallId, options.callId ?? actionId)
  put(attributes, attribute.actionId, actionId)
  put(attributes, attribute.actionVerb, options.verb ?? 'execute')
  if (options.step !== undefined) attributes[attribute.planStep] = Math.trunc(options.step)
  Object.assign(attributes, resourceAttributes(options.resource, config))
  if (options.arguments !== undefined) {
    const hash = contentHash(options.arguments)
    attributes[attribute.toolArgumentsHash] = hash
    const text = captureContent(options.arguments, hash, config)
    if (text !== undefined) attributes[attribute.toolCallArguments] = text
  }
  const credential = options.credential ?? scope.credential
  if (credential !== undefined)
    Object.assign(attributes, credentialAttributes(credential, scope.actor))
  if (options.approval !== undefined)
    Object.assign(attributes, approvalAttributes(options.approval, config))
  return attributes
}

/** Returns the attributes of a tool call that are known once it has returned. */
export function resultAttributes(
  result: unknown,
  facts: {
    readonly options: ToolOptions
    readonly attributes: Attributes
    readonly config: Config
  },
): Attributes {
  const { options, config } = facts
  if (result === undefined) return putInput(options.input, source(facts.attributes), '')
  const hash = contentHash(result)
  const text = captureContent(result, hash, config)
  return {
    [attribute.toolResultHash]: hash,
    ...(text === undefined ? {} : { [attribute.toolCallResult]: text }),
    ...putInput(options.input, source(facts.attributes), hash),
  }
}

function source(attributes: Attributes): string {
  const id = attributes[attribute.resourceId]
  return typeof id === 'string' ? id : ''
}
