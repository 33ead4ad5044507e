import { createRoute, z } from '@hono/zod-openapi'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { printableLine, WhodidError } from '@whodid/model'
import type { LogTree, LogTrees } from '@whodid/tlog-posix'
import { isInTree, parseCheckpoint, parseNote, tileCacheControl } from '@whodid/tlog'
import type { ApiEnv } from '../middleware/request-scope.ts'
import { everyRoute, openSecurity as security, problems } from './route-parts.ts'

const name = z
  .string()
  .min(1)
  .describe('The last element of the log’s origin')
  .meta({ example: 'c1' })
const level = z.string().meta({ pattern: '^(?:[0-9]|[1-5][0-9]|6[0-3])$' })
const index = z
  .string()
  .meta({ pattern: '^[0-9]{3}$' })
  .describe('The last three digits; `x001/` and so on stands before them for a thousand and more')
const width = z
  .string()
  .meta({ pattern: '^(?:[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])$' })
  .describe('Hashes in the tile')
const failures = problems(...everyRoute, 'too_many_requests', 'not_found')
const openTo = 'Without a token, as tools of C2SP ask: it holds sizes and hashes and no record.'

const noteOf = (description: string) => ({
  200: { description, content: { 'text/plain': { schema: z.string() } } },
  ...failures,
})
const tile = {
  200: {
    description: 'Hashes of 32 bytes, one after the other; may be cached for ever',
    content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
  },
  ...failures,
}

const checkpointNoteRoute = createRoute({
  method: 'get',
  path: '/v1/logs/{name}/checkpoint',
  operationId: 'readCheckpoint',
  summary: 'The newest checkpoint of a log',
  description: `C2SP tlog-tiles: \`/v1/logs/{name}\` is the log’s prefix. ${openTo}`,
  security,
  request: { params: z.object({ name }) },
  responses: noteOf('A signed note'),
})

const cosignedNoteRoute = createRoute({
  method: 'get',
  path: '/v1/logs/{name}/cosigned',
  operationId: 'readCosigned',
  summary: 'The newest checkpoint of a log that witnesses have cosigned',
  description: openTo,
  security,
  request: { params: z.object({ name }) },
  responses: noteOf('A signed note with the lines of the witnesses'),
})

const fullTileRoute = createRoute({
  method: 'get',
  path: '/v1/logs/{name}/tile/{level}/{index}',
  operationId: 'readTile',
  summary: 'A full tile of a log’s tree',
  description: `256 hashes (C2SP tlog-tiles), where the newest checkpoint covers them. ${openTo}`,
  security,
  request: { params: z.object({ name, level, index }) },
  responses: tile,
})

const partialTileRoute = createRoute({
  method: 'get',
  path: '/v1/logs/{name}/tile/{level}/{index}.p/{width}',
  operationId: 'readPartialTile',
  summary: 'A partial tile of a log’s tree',
  description: `Of every width that the tree has had (C2SP tlog-tiles). ${openTo}`,
  security,
  request: { params: z.object({ name, level, index, width }) },
  responses: tile,
})

/** The prefix of the trees: `<prefix><name>/checkpoint` and so on. */
export const treesPath = '/v1/logs/'
const treePath = `${treesPath}:name/` as const

/**
 * Adds the static paths of the trees. They take no token, because tools of C2SP have none: they hold sizes and hashes, and no
 * record can be read from them. They are answered by wildcards, since the index of a tile may be several segments. A tile never
 * changes, so a cache may keep it.
 */
export function addLogs(app: OpenAPIHono<ApiEnv>, trees: LogTrees | undefined): void {
  for (const route of [checkpointNoteRoute, cosignedNoteRoute, fullTileRoute, partialTileRoute])
    app.openAPIRegistry.registerPath(route)
  const treeOf = async (logName: string): Promise<LogTree> => {
    const tree = await trees?.byName(logName)
    if (tree !== undefined) return tree
    throw new WhodidError('not_found', `no log is called "${printableLine(logName, 80)}"`)
  }
  for (const what of ['checkpoint', 'cosigned'] as const)
    app.get(`${treePath}${what}`, async (c) => {
      const note = await (await treeOf(c.req.param('name')))[what]()
      if (note === undefined) throw new WhodidError('not_found', `the log has no ${what} note yet`)
      return c.body(note, 200, { 'content-type': 'text/plain; charset=utf-8' })
    })
  app.get(`${treePath}tile/*`, async (c) => {
    const logName = c.req.param('name')
    const path = c.req.path.slice(`${treesPath}${logName}/`.length)
    const tree = await treeOf(logName)
    // Only signed tiles stay as they are: a crash may tear a tile above the checkpoint, and a cache would keep it so.
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
