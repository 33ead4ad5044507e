import { WhodidError } from '@whodid/model'
import createClient from 'openapi-fetch'
import type { Client } from 'openapi-fetch'
import { sendRequest } from './request-api.ts'
import type { ApiAccess } from './request-api.ts'
import type { components, paths } from './schema.generated.ts'

/** The answers and problems of the API, by the names of its OpenAPI document. */
export type Schemas = components['schemas']

/** The address of an API, the token to read it with, and the sender of requests. */
export interface ApiClientOptions {
  /** Without a trailing slash. */
  readonly url: string
  readonly token: string
  /** Sends one request; default the platform's `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** The routes of the API as typed calls: `client.GET('/v1/actions', { params: { query: { resource } } })`. */
export type ApiClient = Client<paths>

/**
 * Makes a client whose types are generated from the API's own OpenAPI document. A call resolves with `data` for a 200 and
 * with `error`, the problem, for anything else. Opening does not connect.
 *
 * @example
 * ```ts
 * const client = createApiClient({ url: 'http://127.0.0.1:4320', token })
 * const { data, error } = await client.GET('/v1/actions', { params: { query: { verb: 'delete' } } })
 * ```
 */
export function createApiClient({ url, token, fetch }: ApiClientOptions): ApiClient {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  return createClient<paths>({
    baseUrl: url,
    headers,
    ...(fetch === undefined ? {} : { fetch }),
  })
}

/** Settings of {@link openApi}. */
export interface OpenApiOptions {
  /** Ends every call under way when it aborts. */
  readonly signal?: AbortSignal | undefined
  /** The case that the reads belong to: 1–200 printable ASCII characters, kept with the record of each read. */
  readonly caseId?: string | undefined
}

/**
 * The typed routes of the API, which throw. A call resolves when its answer has arrived with status 200; for every other outcome it
 * throws as {@link requestApi} does, so that {@link dataOf} is all that a caller needs. Opening does not connect.
 *
 * @example
 * ```ts
 * const api = openApi({ apiUrl: 'http://127.0.0.1:4320', token })
 * const query = { of: 'github:pull:acme/app/812' }
 * const answer = await dataOf(api.GET('/v1/who-did', { params: { query } }))
 * console.log(answer.summary)
 * ```
 */
export function openApi(access: ApiAccess, { signal, caseId }: OpenApiOptions = {}): ApiClient {
  const ask = (request: Request): Promise<Response> => {
    if (caseId !== undefined) request.headers.set('whodid-case', caseId)
    return sendRequest(request, access, signal)
  }
  return createApiClient({ url: access.apiUrl, token: access.token, fetch: ask })
}

/**
 * The answer of a typed call of {@link openApi}. Throws `api_unreachable` when the answer is empty, and whatever the call throws.
 *
 * @example
 * ```ts
 * const { actions } = await dataOf(api.GET('/v1/actions', {}))
 * ```
 */
export async function dataOf<Data>(call: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await call
  if (data === undefined) throw new WhodidError('api_unreachable', 'the API gave an empty answer')
  return data
}
