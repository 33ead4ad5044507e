import { createRoute, z } from '@hono/zod-openapi'
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

/** The static paths of the trees: described here, and answered by wildcards, since the index of a tile may be several segments. */
export const treeRoutes = [
  checkpointNoteRoute,
  cosignedNoteRoute,
  fullTileRoute,
  partialTileRoute,
] as const
