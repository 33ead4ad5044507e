import { emptyRoot, hashBytes, perfectRoot } from './merkle-hash.ts'
import { ProofError } from './proof-error.ts'
import { readTile } from './read-hashes.ts'
import { foldRoots } from './subtree.ts'
import { hashesAtLevel, tilePath, tileWidth } from './tile.ts'
import type { TileReader } from './tile.ts'
import { checkTreeSize } from './tree-size.ts'

/**
 * The state from which a tree is continued: its size and its right edge. `hashes[level]` holds the concatenated hashes of that
 * level's partial tile, 0 to 255 of them. An edge is never changed: appending makes a new one.
 */
export interface TreeEdge {
  readonly size: number
  readonly hashes: readonly Buffer[]
}

/** A tile to be stored before any checkpoint that covers it. Full and partial ones are immutable under their path. */
export interface StoredTile {
  readonly path: string
  readonly bytes: Buffer
}

/** The edge of the tree that has no leaves. */
export const emptyEdge: TreeEdge = { size: 0, hashes: [] }

/**
 * Appends leaves, given by their hashes. Answers the new edge, and the tiles to store: every tile that became full, and the
 * partial tiles that changed. One hash a leaf, spread over the calls. Does NOT store or sign anything.
 */
export function appendLeaves(
  edge: TreeEdge,
  leafHashes: readonly Uint8Array[],
): { edge: TreeEdge; tiles: StoredTile[] } {
  const size = edge.size + leafHashes.length
  checkTreeSize('tree size', size)
  const wrong = leafHashes.find(({ length }) => length !== hashBytes)
  if (wrong !== undefined)
    throw new ProofError('invalid_range', `leaf hash: expected 32 bytes, got ${wrong.length}`)
  const hashes: Buffer[] = []
  const tiles: StoredTile[] = []
  let added: readonly Uint8Array[] = leafHashes
  for (let level = 0; level < edge.hashes.length || added.length > 0; level++) {
    const partial = edge.hashes[level] ?? Buffer.alloc(0)
    const run = added.length === 0 ? partial : Buffer.concat([partial, ...added])
    const roots: Buffer[] = []
    let index = Math.floor(hashesAtLevel(level, edge.size) / tileWidth)
    let start = 0
    for (; start + tileWidth * hashBytes <= run.length; start += tileWidth * hashBytes) {
      const bytes = run.subarray(start, start + tileWidth * hashBytes)
      tiles.push({ path: tilePath({ level, index }), bytes })
      roots.push(perfectRoot(bytes))
      index += 1
    }
    const rest = start === 0 ? run : Buffer.from(run.subarray(start))
    hashes.push(rest)
    if (added.length > 0 && rest.length > 0)
      tiles.push({ path: tilePath({ level, index, width: rest.length / hashBytes }), bytes: rest })
    added = roots
  }
  return { edge: { size, hashes }, tiles }
}

/** The root of the whole tree (RFC 6962 §2.1), from its edge alone; at most 255 hashes a level. */
export function rootOf(edge: TreeEdge): Buffer {
  // Levels go up and subtrees grow from right to left, so the edge read downwards is the tree from left to right.
  const roots = edge.hashes.toReversed().flatMap(perfectRoots)
  return roots.length === 0 ? Buffer.from(emptyRoot) : foldRoots(roots)
}

/**
 * Reads the edge of the tree that has `size` leaves from its tiles, to go on after a restart.
 *
 * Throws `tile_missing` and `malformed_tile`. Does NOT check the tiles: compare `rootOf` with a checkpoint whose signature holds.
 */
export async function readEdge(reader: TileReader, size: number): Promise<TreeEdge> {
  checkTreeSize('tree size', size)
  const partials: Promise<Buffer>[] = []
  for (let level = 0; hashesAtLevel(level, size) > 0; level++) {
    const count = hashesAtLevel(level, size)
    const width = count % tileWidth
    const index = Math.floor(count / tileWidth)
    partials.push(
      width === 0
        ? Promise.resolve(Buffer.alloc(0))
        : readTile(reader, tilePath({ level, index, width })),
    )
  }
  return { size, hashes: await Promise.all(partials) }
}

/** The roots of the perfect subtrees in one partial tile, left to right. */
function perfectRoots(partial: Buffer): Buffer[] {
  const roots: Buffer[] = []
  let start = 0
  for (let count = tileWidth / 2; count >= 1; count /= 2)
    if (partial.length - start >= count * hashBytes) {
      roots.push(perfectRoot(partial.subarray(start, start + count * hashBytes)))
      start += count * hashBytes
    }
  return roots
}
