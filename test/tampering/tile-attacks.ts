import { createHash, randomBytes } from 'node:crypto'
import {
  appendLeaves,
  emptyEdge,
  formatCheckpoint,
  generateNoteKey,
  parseSkey,
  rootOf,
  signNote,
} from '@whodid/tlog'
import type { Attack, Scene } from './attack.ts'

/** What is done to the tiles and the checkpoint by somebody who may write both and does not have the key. */
export const tileAttacks: readonly Attack[] = [
  {
    name: 'flips a bit in a tile of leaves',
    act: ({ log }) => flip(log.tiles, 'tile/0/001', 100),
    finds: ['tile_mismatch'],
  },
  {
    name: 'flips a bit in the last, partial tile',
    act: ({ log }) => flip(log.tiles, 'tile/0/003.p/232', 7),
    finds: ['root_mismatch'],
  },
  {
    name: 'flips a bit in an upper tile',
    act: ({ log }) => flip(log.tiles, 'tile/1/000.p/3', 40),
    finds: ['root_mismatch'],
  },
  {
    name: 'removes a tile of leaves',
    act: ({ log }) => Promise.resolve(void log.tiles.delete('tile/0/002')),
    finds: ['tile_missing'],
  },
  {
    name: 'removes every tile',
    act: ({ log }) => Promise.resolve(log.tiles.clear()),
    finds: ['tile_missing'],
  },
  {
    name: 'edits a row and builds the tiles anew',
    act: async (scene) => {
      const { ledger, mine } = scene
      await ledger.dba(
        `ALTER TABLE whodid.spans UPDATE instance_id = 'agent-x' WHERE ${mine} AND log_index = 70`,
      )
      rebuild(scene)
    },
    finds: ['root_mismatch'],
  },
  {
    name: 'builds the tiles anew and signs with a key of their own',
    act: (scene) => {
      const { log } = scene
      const edge = rebuild(scene)
      const { skey } = generateNoteKey(log.origin, 'note', randomBytes(32))
      const text = formatCheckpoint({ origin: log.origin, size: edge.size, root: rootOf(edge) })
      log.note = signNote(text, [parseSkey(skey)])
      return Promise.resolve()
    },
    finds: ['checkpoint_signature'],
  },
  {
    name: 'changes the text of the checkpoint',
    act: ({ log }) => {
      log.note = log.note.replace('\n1000\n', '\n999\n')
      return Promise.resolve()
    },
    finds: ['checkpoint_signature'],
  },
  {
    name: 'cuts the checkpoint off',
    act: ({ log }) => {
      log.note = log.note.slice(0, 40)
      return Promise.resolve()
    },
    finds: ['checkpoint_malformed'],
  },
]

function flip(tiles: Map<string, Buffer>, path: string, at: number): Promise<void> {
  const bytes = Buffer.from(tiles.get(path) ?? [])
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  tiles.set(path, bytes)
  return Promise.resolve()
}

/** Tiles over other leaves, as many as there were. */
function rebuild({ log, size }: Scene): ReturnType<typeof appendLeaves>['edge'] {
  const leaves = Array.from({ length: size }, (_, n) =>
    createHash('sha256').update(`${n}`).digest(),
  )
  const { edge, tiles } = appendLeaves(emptyEdge, leaves)
  for (const { path, bytes } of tiles) log.tiles.set(path, bytes)
  return edge
}
