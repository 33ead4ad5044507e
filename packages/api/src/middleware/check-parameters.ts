import type { MiddlewareHandler } from 'hono'
import { printableLine, WhodidError } from '@whodid/model'
import { problemResponse } from '../errors/problem.ts'
import { takes } from './known-routes.ts'
import type { KnownRoutes } from './known-routes.ts'
import type { ApiEnv } from './request-scope.ts'

type SchemaResult =
  | { readonly success: true }
  | {
      readonly success: false
      /** The part of the request that was checked. */
      readonly target?: string
      readonly error: {
        readonly issues: readonly {
          readonly path: readonly PropertyKey[]
          readonly message: string
        }[]
      }
    }

/**
 * Refuses a method that the path does not take. Must come before the body is read and the token is checked: a body of another
 * method is nobody's to read, and no token makes it another method.
 */
export function checkMethod(routes: KnownRoutes): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const allowed = routes.methodsAt(c.req.path)
    if (allowed.length === 0 || allowed.includes(c.req.method)) return next()
    const message = `expected ${allowed.join(' or ')}; got ${printableLine(c.req.method, 40)}`
    const error = new WhodidError('method_not_allowed', message)
    return problemResponse(error, c.get('requestId'), allowed)
  }
}

/**
 * Refuses query parameters that the route does not name.
 *
 * A question that was mistyped must not be answered as another one, so this throws `invalid_parameter` for a parameter
 * that is unknown, repeated, empty, or not valid percent-encoded UTF-8.
 */
export function checkParameters(routes: KnownRoutes): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const route = routes.at(c.req.path).find((known) => takes(known, c.req.method))
    if (route !== undefined) checkNames(c.req.url, route.parameterNames)
    await next()
  }
}

function checkNames(url: string, known: readonly string[]): void {
  const seen = new Set<string>()
  const queryStart = url.indexOf('?')
  const pairs = queryStart < 0 ? [] : url.slice(queryStart + 1).split('&')
  for (const pair of pairs.filter((text) => text !== '')) {
    const equals = pair.indexOf('=')
    const key = decode(equals < 0 ? pair : pair.slice(0, equals))
    const name = known.find((candidate) => candidate === key)
    if (name === undefined)
      throw invalid(
        `unknown parameter "${printableLine(key, 60)}"; expected ${known.length === 0 ? 'none' : known.join(', ')}`,
      )
    if (seen.has(name)) throw invalid(`"${name}" expected once; got it twice`)
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1))
    if (value === '') throw invalid(`"${name}" expected a value; got an empty one`)
    seen.add(name)
  }
}

/**
 * Turns the refusal of a route's schema into `invalid_parameter`, which names the parameter, or `invalid_body`, which names the
 * field. It is the `defaultHook` of the app.
 */
export function invalidParameters(result: SchemaResult): void {
  if (result.success) return
  const issue = result.error.issues[0]
  const isBody = result.target === 'json'
  const field = String(issue?.path[0] ?? (isBody ? 'body' : 'query'))
  throw new WhodidError(
    isBody ? 'invalid_body' : 'invalid_parameter',
    `"${printableLine(field, 60)}" was not taken: ${printableLine(issue?.message ?? 'not valid')}`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (thrown) {
    throw new WhodidError(
      'invalid_parameter',
      `the query expected percent-encoded UTF-8; got "${printableLine(text, 60)}"`,
      { cause: thrown },
    )
  }
}

function invalid(message: string): WhodidError {
  return new WhodidError('invalid_parameter', message)
}
