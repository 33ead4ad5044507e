import { printableLine } from '@whodid/model'
import type { ToolOptions } from '@whodid/sdk'
import { memberOf, textOf } from '../message/json-value.ts'

/** What the operator says of a tool: the verb, and the resource as a pattern with arguments in braces. */
export interface ToolRule {
  readonly verb?: string
  /** Such as `github:pull:{owner}/{repo}/{pull_number}`. */
  readonly resource?: string
}

/** A request as a record of it begins. */
export interface DescribedCall {
  readonly name: string
  readonly options: ToolOptions & { readonly attributes?: Readonly<Record<string, string>> }
}

/** UTF-16 units of a name in a resource's ID. */
const nameLengthMax = 200
/** UTF-16 units of a tool's name that are recorded. */
const toolNameLengthMax = 512

/**
 * Describes a request that is recorded as a call: `tools/call`, `resources/read`, `prompts/get`. Undefined for every other method. A tool without a
 * rule has the verb `execute` and the resource `mcp:tool:<server>/<tool>`: what the server says of its tools is not believed.
 */
export function describeCall(
  method: string,
  params: Readonly<Record<string, unknown>>,
  from: { readonly server: string; readonly rules: ReadonlyMap<string, ToolRule> },
): DescribedCall | undefined {
  const server = idPart(from.server)
  const toolUse = textOf(params['_meta'], 'claudecode/toolUseId')
  const callId = toolUse === '' ? {} : { callId: toolUse }
  const name = textOf(params, 'name')
  const given = memberOf(params, 'arguments') ?? {}
  if (method === 'tools/call') {
    const rule = from.rules.get(name)
    const resource = fillPattern(rule?.resource, given) ?? `mcp:tool:${server}/${idPart(name)}`
    return {
      name: name.slice(0, toolNameLengthMax),
      options: { verb: rule?.verb ?? 'execute', resource, arguments: given, ...callId },
    }
  }
  if (method === 'prompts/get') {
    const resource = `mcp:prompt:${server}/${idPart(name)}`
    return { name: method, options: { verb: 'read', resource, arguments: given, input: {} } }
  }
  if (method !== 'resources/read') return undefined
  const uri = textOf(params, 'uri')
  return {
    name: method,
    options: {
      verb: 'read',
      resource: uri,
      arguments: { uri },
      input: {},
      attributes: { 'mcp.resource.uri': uri.slice(0, resourceLengthMax) },
    },
  }
}

/** UTF-16 units of a resource's name that are recorded. */
const resourceLengthMax = 4_096

/** Puts the arguments into a pattern; undefined without one, or where an argument it names is missing or no text or number. */
function fillPattern(pattern: string | undefined, given: unknown): string | undefined {
  if (pattern === undefined) return undefined
  const missing: string[] = []
  const filled = pattern.replaceAll(/\{([^{}]{1,200})\}/gu, (_braces, key: string) => {
    const value = memberOf(given, key)
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
    missing.push(key)
    return ''
  })
  return missing.length === 0 ? filled.slice(0, resourceLengthMax) : undefined
}

function idPart(name: string): string {
  const line = printableLine(name, nameLengthMax)
  return line === '' ? 'unnamed' : line
}
