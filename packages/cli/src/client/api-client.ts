import { createApiClient } from '@whodid/api/client'
import type { ApiClient } from '@whodid/api/client'
import { errorCodes, printableLine, tokenKind, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'
import { readDataDir, readPort, readUrl, setting } from '../config.ts'
import type { Environment } from '../config.ts'
import { readTokens, tokensPath } from '../tokens.ts'

/** Where the API is, and with what to read it. */
export interface ApiAccess {
  readonly apiUrl: string
  readonly token: string
  /** Where the token was found, for messages: a variable or a file. */
  readonly tokenSource?: string
}

/** What is asked, and what ends the asking. */
export interface ApiRequest {
  /** Those without a value are left out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  /** What is posted, as JSON; without it the request is a GET. */
  readonly post?: Readonly<Record<string, string>>
  /** The case that the read belongs to. */
  readonly caseId?: string | undefined
}

/** Milliseconds until an answer must have begun. */
const answerTimeoutMs = 60_000

/** The codes of problems are ours; a newer Whodid may know more. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

/**
 * `WHODID_API_URL` (default this machine's, at `WHODID_API_PORT`) and `WHODID_TOKEN`; without the latter, the investigator's
 * token of the data directory. Throws `invalid_config`, or `unauthenticated` when there is no token.
 */
export async function readApiAccess(environment: Environment): Promise<ApiAccess> {
  const apiUrl =
    readUrl(environment, 'WHODID_API_URL') ??
    `http://127.0.0.1:${readPort(environment, 'WHODID_API_PORT', 4320)}`
  const given = setting(environment, 'WHODID_TOKEN')
  if (given !== undefined) return { apiUrl, token: given, tokenSource: 'WHODID_TOKEN' }
  const dataDir = readDataDir(environment)
  const tokens = await readTokens(dataDir)
  if (tokens !== undefined)
    return { apiUrl, token: tokens.investigator, tokenSource: tokensPath(dataDir) }
  // No data directory here usually means that nothing was started: that is what the user should hear.
  await requestApi({ apiUrl, token: '' }, '/healthz')
  throw new WhodidError(
    'unauthenticated',
    `WHODID_TOKEN is not set to an "investigator" token, and there is no tokens.json in ${dataDir}`,
  )
}

/**
 * The typed routes of the API. A call resolves when its answer is there, whose status is 200; it throws as
 * {@link requestApi} does. `caseId` is kept with the record of each read.
 */
export function openApi(access: ApiAccess, signal?: AbortSignal, caseId?: string): ApiClient {
  const ask = (request: Request): Promise<Response> => {
    if (caseId !== undefined) request.headers.set('whodid-case', caseId)
    return send(request, access, signal)
  }
  return createApiClient({ url: access.apiUrl, token: access.token, fetch: ask })
}

/** The answer of a typed call. `openApi` throws for every other outcome, so that there is one. */
export async function dataOf<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call
  if (data === undefined) throw new WhodidError('api_unreachable', 'the API gave an empty answer')
  return data
}

/**
 * Asks the API and resolves with its answer, whose status is 200.
 *
 * Throws `api_unreachable` when nothing answers, and for a problem the problem's own code with its detail.
 */
export async function requestApi(
  access: ApiAccess,
  path: string,
  request: ApiRequest = {},
): Promise<Response> {
  const { parameters = {}, signal, post, caseId } = request
  const url = new URL(`${access.apiUrl}${path}`)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value)
  const headers = new Headers()
  if (access.token !== '') headers.set('authorization', `Bearer ${access.token}`)
  if (caseId !== undefined) headers.set('whodid-case', caseId)
  if (post === undefined) return send(new Request(url, { headers }), access, signal)
  headers.set('content-type', 'application/json')
  const posted = { method: 'POST', headers, body: JSON.stringify(post) }
  return send(new Request(url, posted), access, signal)
}

async function send(request: Request, access: ApiAccess, signal?: AbortSignal): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), answerTimeoutMs)
  try {
    const signals = signal === undefined ? [late.signal] : [late.signal, signal]
    const response = await fetch(request, { signal: AbortSignal.any(signals) })
    if (response.status === 200) return response
    throw await problemError(response, access)
  } catch (thrown) {
    if (thrown instanceof WhodidError || signal?.aborted === true) throw thrown
    throw unreachable(access.apiUrl, thrown, late.signal.aborted)
  } finally {
    clearTimeout(timer)
  }
}

async function problemError(response: Response, access: ApiAccess): Promise<WhodidError> {
  const text = await response.text()
  const problem = parseObject(text)
  const code = problem['code']
  const detail = printableLine(
    typeof problem['detail'] === 'string' ? problem['detail'] : text,
    600,
  )
  if (isErrorCode(code))
    return new WhodidError(code, `${detail}${isOfToken(code, detail) ? tokenRemark(access) : ''}`)
  return new WhodidError(
    'api_unreachable',
    `${response.url} answered ${response.status}, which is no answer of Whodid: ${detail}`,
  )
}

/** Whether the token is why: a name of the host that is not taken is forbidden too. */
function isOfToken(code: ErrorCode, detail: string): boolean {
  return code === 'unauthenticated' || (code === 'forbidden' && !detail.startsWith('"host"'))
}

/** Which setting holds the token that was refused, and what belongs there. */
function tokenRemark({ token, tokenSource }: ApiAccess): string {
  if (tokenSource === undefined) return ''
  const kind = tokenKind(token)
  if (tokenSource !== 'WHODID_TOKEN')
    return `. The token is that of ${tokenSource}; for another Whodid set WHODID_TOKEN`
  const holds = kind === undefined ? '' : `, and it holds an "${kind}" token`
  const instead =
    kind === 'ingest' ? '. Agents send with WHODID_INGEST_TOKEN: put that token there' : ''
  return `. The token is that of WHODID_TOKEN${holds}; unset, the "investigator" token of tokens.json is taken${instead}`
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    // Not JSON, so not ours; the caller shows the text.
    return {}
  }
}

function unreachable(apiUrl: string, thrown: unknown, late: boolean): WhodidError {
  if (late) return new WhodidError('api_unreachable', `Whodid at ${apiUrl} gave no answer in 60 s`)
  const cause: unknown = thrown instanceof Error ? thrown.cause : undefined
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  if (code === 'ECONNREFUSED')
    return new WhodidError(
      'api_unreachable',
      `Whodid is not running at ${apiUrl}; start it with \`npm start\``,
      { cause: thrown },
    )
  const why = typeof code === 'string' ? code : thrown instanceof Error ? thrown.message : 'unknown'
  return new WhodidError('api_unreachable', `Whodid cannot be reached at ${apiUrl}: ${why}`, {
    cause: thrown,
  })
}
