import { TextDecoder } from 'node:util'
import type { MiddlewareHandler } from 'hono'
import { WhodidError } from '@whodid/model'
import type { KnownRoutes } from './known-routes.ts'
import type { ApiEnv } from './request-scope.ts'

/** Bytes of a body at most: fifty handles of the greatest length fit, in plain text. */
const bodyBytesMax = 262_144

/** Refuses a body of GET or HEAD, which no client of ours sends. Throws `invalid_body`. */
export function refuseBodyOfGet(): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    const length = c.req.header('content-length') ?? '0'
    if (reads && (length !== '0' || c.req.header('transfer-encoding') !== undefined))
      throw new WhodidError('invalid_body', 'expected no body; got one')
    await next()
  }
}

/**
 * Checks the body of a POST that a route takes before that route sees it: JSON, by its type and its text, and within the bound,
 * whatever length the client announced. Throws `unsupported_content_type`, `body_too_large` or `invalid_body`.
 */
export function checkJsonBody(routes: KnownRoutes): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const posted = routes.at(c.req.path).some(({ method }) => method === c.req.method)
    if (c.req.method !== 'POST' || !posted) return next()
    const { text: body } = await readJsonBody(c.req.raw)
    // The stream has been read: the route gets a request whose body is the text.
    const { url, method, headers } = c.req.raw
    c.req.raw = new Request(url, { method, headers, body })
    return next()
  }
}

/** The text of a body of JSON, and its value. Throws as {@link checkJsonBody} does. */
export async function readJsonBody(
  request: Request,
): Promise<{ readonly text: string; readonly value: unknown }> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/json(?:\s*;\s*charset=utf-8)?\s*$/iu.test(type))
    throw new WhodidError(
      'unsupported_content_type',
      `"content-type" expected application/json; got ${type === '' ? 'none' : 'another'}`,
    )
  const text = await readBody(request)
  try {
    return { text, value: JSON.parse(text) }
  } catch (thrown) {
    throw new WhodidError('invalid_body', 'the body expected JSON; got something else', {
      cause: thrown,
    })
  }
}

async function readBody(request: Request): Promise<string> {
  // The platform types the chunks of a body as any; they are bytes (Fetch §2.2.4).
  const body = request.body as AsyncIterable<Uint8Array> | null
  if (body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  let text = ''
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax)
      throw new WhodidError(
        'body_too_large',
        `the body expected at most ${bodyBytesMax} bytes; got more`,
      )
    text += decode(decoder, chunk)
  }
  return text + decode(decoder, undefined)
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined })
  } catch (thrown) {
    throw new WhodidError('invalid_body', 'the body expected UTF-8; got something else', {
      cause: thrown,
    })
  }
}
