import { continueFrom, service, tool } from '@whodid/sdk'
import type { Carrier, ToolOptions } from '@whodid/sdk'
import { toolOptionsOf } from '@whodid/sdk/instrument'
import type { IntegrationOptions } from '@whodid/sdk/instrument'
import { isFailure, member, resultText, textOf } from './results.ts'

/**
 * The name of a server, and how its tools are described.
 *
 * @example
 * const options: McpServerOptions = { name: 'orders', describe: () => ({ verb: 'read' }) }
 */
export interface McpServerOptions extends Pick<IntegrationOptions, 'describe'> {
  /** `service.name` of calls whose sender says nothing of a run. */
  readonly name: string
}

/** What of a server of either version of the TypeScript SDK is recorded. */
export interface McpServer {
  registerTool(...args: never[]): unknown
  registerResource(...args: never[]): unknown
}

type Handler = (...args: readonly unknown[]) => unknown

/**
 * Records what a server of the Model Context Protocol does: each call of a tool and each reading of a resource that is registered
 * after this, as the act of the run that the request's `_meta` names, or else as the server's own. What the `_meta` says is the
 * sender's claim, and the ledger grades it so: use it for clients whom you have authenticated. Returns the same server.
 *
 * @example
 * const server = recordMcpServer(new McpServer({ name: 'orders', version: '1.0.0' }), { name: 'orders' })
 */
export function recordMcpServer<S extends McpServer>(server: S, options: McpServerOptions): S {
  const replace = (
    name: keyof McpServer,
    record: (given: readonly unknown[], handler: Handler) => Handler,
  ): void => {
    // Its arguments are passed on, but for the handler.
    const register = (server[name] as Handler).bind(server)
    const recorded: Handler = (...args) => {
      const handler = args.at(-1)
      // The last argument is the function that serves the request, in both versions of the SDK.
      if (typeof handler !== 'function') return register(...args)
      // A function that serves requests, by what the method is for.
      return register(...args.slice(0, -1), record(args, handler as Handler))
    }
    Object.defineProperty(server, name, { value: recorded, configurable: true, writable: true })
  }
  replace('registerTool', ([name], handler) => async (...called) => {
    const given = called.length > 1 ? called[0] : undefined
    const described = toolOptionsOf(options, { name: textOf(name), arguments: given })
    return asSender(called.at(-1), options, () =>
      serve(textOf(name), described, () => handler(...called)),
    )
  })
  replace('registerResource', (_given, handler) => async (...called) => {
    const uri = String(called[0])
    const read = { verb: 'read', resource: uri }
    return asSender(called.at(-1), options, () =>
      serve('resources/read', read, () => handler(...called)),
    )
  })
  return server
}

/** Runs as the run that sent the request; as the server itself where the request names none. */
function asSender<T>(
  context: unknown,
  { name }: McpServerOptions,
  run: () => Promise<T>,
): Promise<T> {
  const meta = member(member(context, 'mcpReq'), '_meta') ?? member(context, '_meta')
  const carrier: Record<string, string> = {}
  for (const key of ['traceparent', 'tracestate', 'baggage']) {
    const value = textOf(member(meta, key))
    if (value !== '') carrier[key] = value
  }
  return carrier['traceparent'] === undefined
    ? service({ name }, run)
    : continueFrom(carrier satisfies Carrier, run)
}

async function serve(name: string, options: ToolOptions, handler: () => unknown): Promise<unknown> {
  const served: { result?: unknown } = {}
  try {
    return await tool(name, options, async () => {
      const result = await handler()
      if (!isFailure(result)) return result
      // The record is of a failure; the caller gets the result that says so.
      served.result = result
      throw new Error(resultText(result))
    })
  } catch (error) {
    if ('result' in served) return served.result
    throw error
  }
}
