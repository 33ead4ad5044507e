import type { OpenAPIHono } from '@hono/zod-openapi'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { Api, ApiToken } from '../api-options.ts'
import type { OnFailure } from '../errors/problem.ts'
import { readJsonBody } from '../middleware/check-body.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { askInProcess } from './ask-in-process.ts'
import { mcpChecks } from './mcp-checks.ts'
import { boundCalls, createMcpServer } from './mcp-server.ts'
import type { AskTool } from './mcp-server.ts'

/** The ports of the MCP server on the API's port. */
export interface McpDeps {
  readonly tokens: () => readonly ApiToken[]
  readonly hostCheck: HostCheck
  /** The API in this process: every call is a request to it, as the reader of the call. */
  readonly fetch: Api['fetch']
  readonly onFailure?: OnFailure | undefined
}

/** The path of the MCP server. */
const mcpPath = '/mcp'

/**
 * Adds the MCP server at `/mcp`: Streamable HTTP without sessions, for clients of both lines of the protocol. Each request carries a
 * bearer token of a reader, which is checked before the protocol is looked at. No stream outlives its call.
 */
export function addMcp(app: OpenAPIHono<ApiEnv>, deps: McpDeps): void {
  const { tokens, hostCheck, fetch, onFailure } = deps
  const asks = new WeakMap<Request, AskTool>()
  const bounded = boundCalls()
  const handler = createMcpHandler(
    ({ requestInfo }) => {
      const ask = requestInfo === undefined ? undefined : asks.get(requestInfo)
      if (ask === undefined) throw new Error('the MCP request lost its reader')
      return createMcpServer(ask)
    },
    { maxSubscriptions: 0 },
  )
  for (const check of mcpChecks(tokens, hostCheck)) app.use(mcpPath, check)
  app.all(mcpPath, async (c) => {
    const { value: parsedBody } = await readJsonBody(c.req.raw)
    if (typeof parsedBody !== 'object' || parsedBody === null || Array.isArray(parsedBody))
      throw new WhodidError(
        'invalid_body',
        'the body expected one message of JSON-RPC; got another',
      )
    const { url, method, headers } = c.req.raw
    const request = new Request(url, { method, headers, signal: c.req.raw.signal })
    asks.set(request, bounded(askInProcess(c, { fetch, onFailure })))
    return handler.fetch(request, { parsedBody })
  })
}
