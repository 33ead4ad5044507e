import type { Context } from 'hono'
import { errorCodes, printableLine, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import type { Api } from '../api-options.ts'
import type { OnFailure } from '../errors/problem.ts'
import type { ApiEnv } from '../middleware/request-scope.ts'
import type { AskTool, ToolQuestion } from './mcp-server.ts'

/** The API in this process, and who hears of its failures. */
interface ProcessApi {
  readonly fetch: Api['fetch']
  readonly onFailure?: OnFailure | undefined
}

/** UTF-16 units of a client's own name that are recorded. */
const agentLengthMax = 150

/** The address of the API inside this process; its host passes the API's check. */
const base = 'http://127.0.0.1'

/** Asks the API in this process, as the reader of the request, so that each call is guarded, bounded and recorded as any other read. */
export function askInProcess(c: Context<ApiEnv>, { fetch, onFailure }: ProcessApi): AskTool {
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
