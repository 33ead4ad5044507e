import type { OpenAPIHono } from '@hono/zod-openapi'
import { printableLine, WhodidError } from '@whodid/model'
import { listCheckpoints, proveAction } from '@whodid/query'
import { describeMonitor } from '@whodid/verify'
import { isInTree, parseCheckpoint, parseNote, tileCacheControl } from '@whodid/tlog'
import type { ApiOptions } from './api-options.ts'
import { checkpointsRoute, integrityRoute, proofRoute } from './proof-routes.ts'
import type { RecordedRead } from './recorded-read.ts'
import type { ApiEnv } from './request-scope.ts'
import { treeRoutes } from './tree-routes.ts'

/** Where the trees are served, as C2SP tools read them: `/logs/<name>/checkpoint`, `/logs/<name>/tile/…`. */
export const treesPath = '/v1/logs/'
const treePath = `${treesPath}:name/` as const

/**
 * Adds what proves the answers. The static paths of the trees take no token, because tools of C2SP have none: they hold
 * sizes and hashes, and of no record can anything be read from them. A tile never changes, so it may be kept for ever.
 */
export function addProofs(
  app: OpenAPIHono<ApiEnv>,
  options: ApiOptions,
  recordedRead: RecordedRead,
): void {
  const { trees } = options
  app.openapi(proofRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { tenant } = c.get('token')
    const reading = { roles: ['investigator', 'admin'], question: { id } } as const
    const run = () => proveAction(options, tenant, id)
    return c.json(await recordedRead(c, reading, { run }), 200)
  })

  app.openapi(checkpointsRoute, async (c) => {
    const { from = '0', log } = c.req.valid('query')
    if (!/^\d{1,15}$/u.test(from))
      throw new WhodidError(
        'invalid_parameter',
        `"from" expected a whole number; got "${printableLine(from, 40)}"`,
      )
    if (trees === undefined) throw new WhodidError('not_found', 'no log is sealed here')
    return c.json(await listCheckpoints(trees, { name: log, from: Number(from) }), 200)
  })

  app.openapi(integrityRoute, (c) => {
    const state = options.watch?.state()
    if (state === undefined) return c.json({ check: null, logs: [] }, 200)
    const logs = [...state.logs].map(([log, { size, assurance, assuredSize }]) => {
      return { log, size, assurance, assured: assurance === 'local' ? 0 : assuredSize }
    })
    return c.json({ check: describeMonitor(state), logs }, 200)
  })

  const treeOf = async (name: string) => {
    const tree = await trees?.byName(name)
    if (tree !== undefined) return tree
    throw new WhodidError('not_found', `no log is called "${printableLine(name, 80)}"`)
  }
  for (const route of treeRoutes) app.openAPIRegistry.registerPath(route)
  for (const what of ['checkpoint', 'cosigned'] as const)
    app.get(`${treePath}${what}`, async (c) => {
      const note = await (await treeOf(c.req.param('name')))[what]()
      if (note === undefined) throw new WhodidError('not_found', `the log has no ${what} note yet`)
      return c.body(note, 200, { 'content-type': 'text/plain; charset=utf-8' })
    })
  app.get(`${treePath}tile/*`, async (c) => {
    const name = c.req.param('name')
    const path = c.req.path.slice(`${treesPath}${name}/`.length)
    const tree = await treeOf(name)
    // Only what is signed stays as it is: a crash may tear a tile above the checkpoint, and a cache would keep it so.
    const size = sizeOf(await tree.checkpoint())
    const bytes = isInTree(path, size) ? await tree.tiles.read(path) : undefined
    if (bytes === undefined)
      throw new WhodidError('not_found', `the log has no "${printableLine(path, 80)}"`)
    return c.body(Uint8Array.from(bytes), 200, {
      'content-type': 'application/octet-stream',
      'cache-control': tileCacheControl,
    })
  })
}

function sizeOf(note: string | undefined): number {
  return note === undefined ? 0 : parseCheckpoint(parseNote(note).text).size
}
