import { createApiClient } from '@whodid/client'
import type { ApiClient } from '@whodid/client'
import { errorCodes, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import type { Context } from 'hono'
import type { PageEnv } from './session/index.ts'
import type { ConsoleOptions } from './console-options.ts'

/** Asks the API in this process, as the reader of the request. Each question is guarded, recorded and bounded as any other. */
export interface AskApi {
  /** The typed routes, for {@link answerOf}. */
  readonly client: (c: Context<PageEnv>) => ApiClient
  /** Sends a request that is passed on as it is answered: a stream, a package. */
  readonly send: (c: Context<PageEnv>, path: string, init?: RequestInit) => Promise<Response>
}

/** The address of the API inside this process; its host passes the API's check. */
const base = 'http://127.0.0.1'

/** Makes the way to the API. */
export function createAskApi({ api }: Pick<ConsoleOptions, 'api'>): AskApi {
  const ask = async (c: Context<PageEnv>, request: Request): Promise<Response> => {
    const agent = c.req.header('user-agent')
    if (agent !== undefined) request.headers.set('user-agent', agent)
    return api.fetch(request, { incoming: c.env.incoming, reader: c.get('session').reader })
  }
  return {
    client: (c) => createApiClient({ url: base, token: '', fetch: (request) => ask(c, request) }),
    send: (c, path, init) =>
      ask(c, new Request(`${base}${path}`, { ...init, signal: init?.signal ?? c.req.raw.signal })),
  }
}

/** The answer of a typed call. Throws the error that the API answered with, by its own code. */
export async function answerOf<Data>(
  call: Promise<{ data?: Data; error?: unknown }>,
): Promise<Data> {
  const { data, error } = await call
  if (data !== undefined) return data
  throw problemError(error)
}

/** The error of a problem that the API answered with. */
export function problemError(problem: unknown): WhodidError {
  const { code, detail } = typeof problem === 'object' && problem !== null ? fields(problem) : {}
  return new WhodidError(
    isErrorCode(code) ? code : 'internal',
    typeof detail === 'string' ? detail : '',
  )
}

function fields(problem: object): { code?: unknown; detail?: unknown } {
  return { ...problem }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}
