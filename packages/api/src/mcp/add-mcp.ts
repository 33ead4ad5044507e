import type { OpenAPIHono } from '@hono/zod-openapi'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { MiddlewareHandler } from 'hono'
import { isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { HostCheck } from '@whodid/model'
import type { Api, ApiToken } from '../api-options.ts'
import { problemResponse } from '../errors/problem.ts'
import type { OnFailure } from '../errors/problem.ts'
import { authenticate } from '../middleware/authenticate.ts'
import { readJsonBody } from '../middleware/check-body.ts'
import { boundRequests } from '../middleware/request-scope.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { readers } from '../routes/route-parts.ts'
import { askInProcess } from './ask-in-process.ts'
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
  app.use(mcpPath, onlyPost())
  app.use(mcpPath, checkOrigin(hostCheck))
  app.use(mcpPath, boundRequests({ inFlight: 0 }))
  app.use(mcpPath, authenticate(tokens))
  app.use(mcpPath, onlyReaders())
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

/** A client of the older line looks for a stream by GET and ends a session by DELETE: there are none. */
function onlyPost(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (c.req.method === 'POST') return next()
    const message = `expected POST; got ${printableLine(c.req.method, 40)}`
    const error = new WhodidError('method_not_allowed', message)
    return problemResponse(error, c.get('requestId'), ['POST'])
  }
}

/** Refuses a page of another origin, as the protocol demands. Throws `forbidden`. */
function checkOrigin(hostCheck: HostCheck): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (
      origin !== undefined &&
      !(URL.canParse(origin) && isHostAllowed(new URL(origin).host, hostCheck))
    )
      throw new WhodidError(
        'forbidden',
        `"origin" expected a page of this Whodid, or none; got "${printableLine(origin, 80)}"`,
      )
    await next()
  }
}

/** Refuses a token that cannot read. Throws `forbidden`. */
function onlyReaders(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { name, role } = c.get('token')
    if (!readers.includes(role))
      throw new WhodidError(
        'forbidden',
        `the token "${name}" has the role "${role}"; expected "${readers.join('" or "')}"`,
      )
    await next()
  }
}
