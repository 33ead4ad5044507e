import type { Attributes } from '@opentelemetry/api'
import { attribute } from '@whodid/model'
import type { Config } from './config.ts'
import { captureContent, contentHash } from './content.ts'
import { putInput } from './input.ts'
import type { ToolOptions } from './tool-options.ts'

/** What is known of a tool call once it has returned. */
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
