import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import { approvalAttributes } from './approval.ts'
import type { Config } from './config.ts'
import { captureContent, contentHash } from './content.ts'
import { credentialAttributes } from './credential.ts'
import { put } from './identity.ts'
import { resourceAttributes } from './resource.ts'
import type { Scope } from './scope.ts'
import type { ToolOptions } from './tool-options.ts'

interface CallFacts {
  readonly name: string
  readonly options: ToolOptions
  readonly actionId: string
  readonly scope: Scope
  readonly config: Config
}

/** What is known of a tool call before it runs. */
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
