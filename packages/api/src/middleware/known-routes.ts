import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv } from './request-scope.ts'

/** A route of the document as far as its path, its method and the names of its query parameters go. */
interface KnownRoute {
  readonly method: string
  readonly parameterNames: readonly string[]
}

/** The routes of an app by path, for the checks that come before a route is reached. */
export interface KnownRoutes {
  /** Returns the routes at a path, whatever their methods. A parameter in a path stands for one segment, as the client encoded it. */
  readonly at: (path: string) => readonly KnownRoute[]
  /** Returns the methods that are answered at a path; none where nothing is. */
  readonly methodsAt: (path: string) => readonly string[]
}

/** Reads the routes of an app. They are read at the first request: by then all of them are registered. */
export function knownRoutesOf(app: OpenAPIHono<ApiEnv>): KnownRoutes {
  let patterns: readonly (KnownRoute & { readonly pattern: RegExp })[] | undefined
  const at = (path: string): readonly KnownRoute[] =>
    (patterns ??= routesOf(app)).filter(({ pattern }) => pattern.test(path))
  const methodsAt = (path: string): readonly string[] => {
    // Pages and the document itself are not in the document.
    const pages = app.routes.filter((route) => route.method === 'GET' && route.path === path)
    const methods = [...at(path), ...pages].flatMap(({ method }) =>
      method === 'GET' ? ['GET', 'HEAD'] : [method],
    )
    return [...new Set(methods)]
  }
  return { at, methodsAt }
}

/** Returns true when a route answers a method; GET answers HEAD too. */
export function takes(route: KnownRoute, method: string): boolean {
  return route.method === method || (route.method === 'GET' && method === 'HEAD')
}

function routesOf(app: OpenAPIHono<ApiEnv>): (KnownRoute & { readonly pattern: RegExp })[] {
  return app.openAPIRegistry.definitions.flatMap((definition) => {
    if (definition.type !== 'route') return []
    const { path, method, request } = definition.route
    const pattern = `^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`
    return [
      {
        pattern: new RegExp(pattern, 'u'),
        method: method.toUpperCase(),
        parameterNames: Object.keys(queryShape(request)),
      },
    ]
  })
}

/** Zod keeps the fields of an object schema under `shape`. */
function queryShape(request: object | undefined): object {
  const query = request === undefined ? undefined : member(request, 'query')
  return query === undefined ? {} : (member(query, 'shape') ?? {})
}

function member(value: object, name: string): object | undefined {
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'object' && found !== null ? found : undefined
}
