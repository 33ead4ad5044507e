import createClient from 'openapi-fetch'
import type { Client } from 'openapi-fetch'
import type { components, paths } from './schema.generated.ts'

/** The answers and problems of the API by the names of its OpenAPI document. */
export type Schemas = components['schemas']

/** Where a Whodid is, with what to read it, and how requests are sent. */
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
 */
export function createApiClient({ url, token, fetch }: ApiClientOptions): ApiClient {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  return createClient<paths>({
    baseUrl: url,
    headers,
    ...(fetch === undefined ? {} : { fetch }),
  })
}
