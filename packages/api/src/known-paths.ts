import { custodyRoutes } from './custody-routes.ts'
import { checkpointsRoute, integrityRoute, proofRoute } from './proof-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { questionRoutes } from './question-routes.ts'
import { coreRoutes } from './route-definitions.ts'
import { treeRoutes } from './tree-routes.ts'

/** A route of the API as far as it is known by its path: `/v1/instances/{id}`, with the names of its query parameters. */
export interface KnownPath {
  readonly path: string
  readonly method: string
  readonly parameterNames: readonly string[]
}

/** What the API needs of a route definition to know its path. */
interface DefinedRoute {
  readonly path: string
  readonly method: string
  readonly request?: object | undefined
}

const knownPaths = [
  ...coreRoutes,
  ...questionRoutes,
  ...custodyRoutes,
  ...exportRoutes,
  proofRoute,
  checkpointsRoute,
  integrityRoute,
  ...treeRoutes,
].map((route: DefinedRoute) => ({
  pattern: new RegExp(
    `^${route.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/gu, '[^/]+')}$`,
    'u',
  ),
  path: route.path,
  method: route.method.toUpperCase(),
  parameterNames: Object.keys(queryShape(route.request)),
}))

/** The routes at a path, whatever their methods. A parameter in a path stands for one segment, as the client encoded it. */
export function findPaths(path: string): readonly KnownPath[] {
  return knownPaths.filter(({ pattern }) => pattern.test(path))
}

/** Whether a route answers a method; GET answers HEAD too. */
export function takes(route: KnownPath, method: string): boolean {
  return route.method === method || (route.method === 'GET' && method === 'HEAD')
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
