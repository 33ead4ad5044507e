import { errorCodes, printableLine, tokenKind, WhodidError } from '@whodid/model'
import type { ErrorCode } from '@whodid/model'

/** The address of an API and the token to read it with. */
export interface ApiAccess {
  /** Without a trailing slash. */
  readonly apiUrl: string
  /** A bearer token; empty sends none. */
  readonly token: string
  /** The variable or file that holds the token, for messages. */
  readonly tokenSource?: string
}

/** The parts of a request beside its path. */
export interface ApiRequest {
  /** Those without a value are left out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  /** Posted as JSON; without it the request is a GET. */
  readonly post?: Readonly<Record<string, string>>
  /** The case that the read belongs to. */
  readonly caseId?: string | undefined
  /** The software that asks, kept with the record of the read; printable ASCII. */
  readonly userAgent?: string
}

/** Milliseconds until an answer must have begun. */
const answerTimeoutMs = 60_000

/**
 * Asks the API and resolves with its answer, whose status is 200.
 *
 * Throws `api_unreachable` when nothing answers or an answer has not begun after 60 s, and for a problem the problem's own code with
 * its detail. Does NOT read the body of a 200.
 *
 * @example
 * ```ts
 * const response = await requestApi({ apiUrl, token }, '/v1/who-did', { parameters: { of: 'trace:…' } })
 * const answer = await response.json()
 * ```
 */
export async function requestApi(
  access: ApiAccess,
  path: string,
  request: ApiRequest = {},
): Promise<Response> {
  const { parameters = {}, signal, post, caseId, userAgent } = request
  const url = new URL(`${access.apiUrl}${path}`)
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value)
  const headers = new Headers()
  if (access.token !== '') headers.set('authorization', `Bearer ${access.token}`)
  if (caseId !== undefined) headers.set('whodid-case', caseId)
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  if (post === undefined) return sendRequest(new Request(url, { headers }), access, signal)
  headers.set('content-type', 'application/json')
  const posted = { method: 'POST', headers, body: JSON.stringify(post) }
  return sendRequest(new Request(url, posted), access, signal)
}

/** Sends a request and resolves with its answer, whose status is 200. Throws as {@link requestApi} does. */
export async function sendRequest(
  request: Request,
  access: ApiAccess,
  signal?: AbortSignal,
): Promise<Response> {
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

/** The codes of problems are ours; a newer Whodid may know more. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

/** Returns true where the token caused the refusal: a refused host name is `forbidden` too. */
function isOfToken(code: ErrorCode, detail: string): boolean {
  return code === 'unauthenticated' || (code === 'forbidden' && !detail.startsWith('"host"'))
}

/** Names the setting that holds the refused token, and the token that belongs there. */
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
