import { inject } from '@whodid/sdk'
import { guard, openTool, toolOptionsOf } from '@whodid/sdk/instrument'
import type { IntegrationOptions, OpenTool } from '@whodid/sdk/instrument'
import { isFailure, member, resultText, textOf } from './results.ts'

/** Options of {@link recordMcpClient}: how its tools are described. */
export type McpClientOptions = Pick<IntegrationOptions, 'describe'>

/** What of a client of either version of the TypeScript SDK is recorded. */
export interface McpClient {
  callTool(...args: never[]): Promise<unknown>
  readResource(...args: never[]): Promise<unknown>
  getPrompt(...args: never[]): Promise<unknown>
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

/**
 * Records what a client of the Model Context Protocol asks its server for: each tool call with its arguments, its result or
 * failure (`isError` too), each resource and prompt that is read. The run's trace and identity travel in the request's `_meta`
 * (SEP-414), so that a server that records joins the run. Returns the same client.
 *
 * @example
 * const client = recordMcpClient(new Client({ name: 'order-clerk', version: '1.0.0' }))
 */
export function recordMcpClient<C extends McpClient>(client: C, options: McpClientOptions = {}): C {
  // The SDK has no hook around a request that works on every transport: the three methods of this one client are replaced.
  const replace = (name: keyof McpClient, begin: (params: unknown) => OpenTool): void => {
    // Its arguments are passed on as they came.
    const method = (client[name] as Method).bind(client)
    const recorded: Method = (params, ...rest) =>
      recordRequest(
        guard(() => begin(params), undefined),
        { params, send: (tagged) => method(tagged, ...rest) },
      )
    Object.defineProperty(client, name, { value: recorded, configurable: true, writable: true })
  }
  replace('callTool', (params) => {
    const name = textOf(member(params, 'name'))
    return openTool(name, toolOptionsOf(options, { name, arguments: member(params, 'arguments') }))
  })
  replace('readResource', (params) => {
    const resource = textOf(member(params, 'uri'))
    return openTool('resources/read', { verb: 'read', resource, input: {} })
  })
  replace('getPrompt', (params) => {
    const name = textOf(member(params, 'name'))
    const resource = name === '' ? {} : { resource: `mcp:prompt:${name}` }
    const given = { arguments: member(params, 'arguments'), input: {} }
    return openTool('prompts/get', { verb: 'read', ...resource, ...given })
  })
  return client
}

interface Sending {
  readonly params: unknown
  readonly send: (params: unknown) => Promise<unknown>
}

async function recordRequest(
  call: OpenTool | undefined,
  { params, send }: Sending,
): Promise<unknown> {
  if (call === undefined) return send(params)
  await call.allowed()
  try {
    const result = await call.within(() => send(tagged(params)))
    if (isFailure(result)) call.fail(new McpToolError(resultText(result)))
    else call.succeed(result)
    return result
  } catch (error) {
    call.fail(error)
    throw error
  }
}

/** The request with the run's trace and identity beside what its `_meta` holds. */
function tagged(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params
  const meta = member(params, '_meta')
  return { ...params, _meta: { ...(typeof meta === 'object' ? meta : {}), ...inject({}) } }
}

/** Stands for a result that says `isError`. */
class McpToolError extends Error {
  override readonly name: string = 'McpToolError'
}
