import { hashBytes, perfectRoot } from './merkle-hash.ts'
import { ProofError } from './proof-error.ts'
import { foldRoots, perfectSubtrees } from './subtree.ts'
import type { LeafRange, Subtree } from './subtree.ts'
import { hashesAtLevel, tilePath, tileWidth } from './tile.ts'
import type { TileReader } from './tile.ts'

/** The place of a perfect subtree's hashes: the tile and the run of hashes in it. */
interface TileRun {
  readonly path: string
  readonly start: number
  readonly count: number
}

/**
 * Reads the root of each range from the tiles of the tree that has `size` leaves; each tile is read once, all at the same time.
 *
 * Throws `tile_missing` and `malformed_tile`. Does NOT check that the tiles belong to any root.
 */
export async function readHashes(
  reader: TileReader,
  size: number,
  ranges: readonly LeafRange[],
): Promise<Buffer[]> {
  const tiles = new Map<string, Promise<Buffer>>()
  const rootOfSubtree = async (subtree: Subtree): Promise<Buffer> => {
    const { path, start, count } = tileRun(subtree, size)
    const tile = tiles.get(path) ?? readTile(reader, path)
    tiles.set(path, tile)
    return perfectRoot((await tile).subarray(start * hashBytes, (start + count) * hashBytes))
  }
  return Promise.all(
    ranges.map(async (range) =>
      foldRoots(await Promise.all(perfectSubtrees(range).map(rootOfSubtree))),
    ),
  )
}

/**
 * Reads one tile by the path that a tree's size gives it. A partial tile may have been removed once its full one is stored
 * (C2SP tlog-tiles): then the beginning of the full one is returned.
 */
export async function readTile(reader: TileReader, path: string): Promise<Buffer> {
  const [full = '', partial] = path.split('.p/')
  const width = partial === undefined ? tileWidth : Number(partial)
  let bytes = await reader.read(path)
  let expected = width
  if (bytes === undefined && partial !== undefined) {
    bytes = await reader.read(full)
    expected = tileWidth
  }
  if (bytes === undefined) throw new ProofError('tile_missing', `${path}: the tile is not stored`)
  if (bytes.length !== expected * hashBytes)
    throw new ProofError(
      'malformed_tile',
      `${path}: expected ${expected * hashBytes} bytes, got ${bytes.length}`,
    )
  return Buffer.from(bytes.buffer, bytes.byteOffset, width * hashBytes)
}

function tileRun({ level, index }: Subtree, size: number): TileRun {
  const tileLevel = Math.floor(level / 8)
  const count = 2 ** (level % 8)
  const first = index * count
  const tileIndex = Math.floor(first / tileWidth)
  const width = Math.min(tileWidth, hashesAtLevel(tileLevel, size) - tileIndex * tileWidth)
  const path = tilePath({ level: tileLevel, index: tileIndex, width })
  return { path, start: first - tileIndex * tileWidth, count }
}
