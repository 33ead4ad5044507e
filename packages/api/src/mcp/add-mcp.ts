import type { OpenAPIHono } from '@hono/zod-openapi'
import { createMcpHandler } from '@modelcontextprotocol/server'
import type { Context, MiddlewareHandler } from 'hono'
import { errorCodes, isHostAllowed, printableLine, WhodidError } from '@whodid/model'
import type { ErrorCode, HostCheck } from '@whodid/model'
import type { Api, ApiToken } from '../api-options.ts'
import { problemResponse } from '../errors/problem.ts'
import type { OnFailure } from '../errors/problem.ts'
import { authenticate } from '../middleware/authenticate.ts'
import { readJsonBody } from '../middleware/check-body.ts'
import { boundRequests } from '../middleware/request-scope.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { readers } from '../routes/route-parts.ts'
import { boundCalls, createMcpServer } from './mcp-server.ts'
import type { AskTool, ToolQuestion } from './mcp-server.ts'

/** The ports of the MCP server on the API's port. */
export interface McpDeps {
  readonly tokens: () => readonly ApiToken[]
  readonly hostCheck: HostCheck
  /** The API in this process: every call is a request to it, as the reader of the call. */
  readonly fetch: Api['fetch']
  readonly onFailure?: OnFailure | undefined
}

/** The path of the MCP server. */
export const mcpPath = '/mcp'

/** UTF-16 units of a client's own name that are recorded. */
const agentLengthMax = 150

/** The address of the API inside this process; its host passes the API's check. */
const base = 'http://127.0.0.1'

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
    asks.set(request, bounded(askInProcess(fetch, c, onFailure)))
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

/** Asks the API in this process, as the reader of the request, so that each call is guarded, bounded and recorded as any other read. */
function askInProcess(
  fetch: Api['fetch'],
  c: Context<ApiEnv>,
  onFailure: OnFailure | undefined,
): AskTool {
  return async ({ tool, path, parameters, signal }: ToolQuestion) => {
    const client = printableLine(c.req.header('user-agent') ?? '', agentLengthMax)
    const headers = new Headers({ 'user-agent': agentOf(tool, client) })
    const caseId = c.req.header('whodid-case')
    if (caseId !== undefined) headers.set('whodid-case', caseId)
    const query = new URLSearchParams(parameters).toString()
    const url = `${base}${path}${query === '' ? '' : `?${query}`}`
    const env = { incoming: c.env.incoming, reader: c.get('token') }
    const response = await fetch(new Request(url, { headers, signal }), env)
    const body: unknown = await response.json()
    if (response.status === 200) return body
    const error = problemError(body)
    if (error.code === 'internal') onFailure?.(c.get('requestId'), error)
    throw error
  }
}

/** The reader's software as the access log shows it: the tool, and the client that called it. */
function agentOf(tool: string, client: string): string {
  const ascii = client.replaceAll(/[^\u0020-\u007e]/gu, '?')
  return `whodid-mcp/${tool}${ascii === '' ? '' : ` (${ascii})`}`
}

function problemError(problem: unknown): WhodidError {
  const { code, detail }: { code?: unknown; detail?: unknown } =
    typeof problem === 'object' && problem !== null ? { ...problem } : {}
  return new WhodidError(
    isErrorCode(code) ? code : 'internal',
    typeof detail === 'string' ? detail : 'the API gave no reason',
  )
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
