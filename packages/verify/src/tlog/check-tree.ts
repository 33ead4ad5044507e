import {
  appendLeaves,
  emptyEdge,
  hashBytes,
  perfectRoot,
  ProofError,
  rootOf,
  tilePath,
  tileWidth,
} from '@whodid/tlog'
import type { TileReader, TreeEdge } from '@whodid/tlog'
import type { Finding } from '../finding.ts'
import type { SealedLog } from './sealed-log.ts'

/**
 * A log's tree whose upper levels were verified against its signed root.
 *
 * @example
 * ```ts
 * const { tree } = await checkTree(log)
 * if (tree !== undefined) console.log(tree.size)
 * ```
 */
export interface CheckedTree {
  readonly size: number
  /**
   * Returns the leaf hashes of one tile, verified against the root: the hashes that the rows must have. Returns a finding when the
   * tile is missing or is not the sealed one. `first` is the tile's first leaf, a multiple of 256 below `size`.
   */
  readonly leaves: (first: number) => Promise<Buffer | Finding>
}

/** The number of tiles read at a time. */
const readAheadTiles = 32

/**
 * Recomputes a log's root from its tiles of level 1 and the last leaves, and compares it with the checkpoint's: one hash for
 * every 256 leaves. A stored upper tile that differs is a finding too, because proofs are built from it.
 *
 * @example
 * ```ts
 * const { tree, findings } = await checkTree(log)
 * if (tree !== undefined) console.log(await tree.leaves(0))
 * ```
 */
export async function checkTree(
  log: SealedLog,
): Promise<{ tree: CheckedTree; findings: [] } | { tree: undefined; findings: Finding[] }> {
  const { origin, tiles, checkpoint } = log
  const { size } = checkpoint
  const findings: Finding[] = []
  try {
    const roots = await tileRoots(tiles, size, (text) =>
      findings.push({ code: 'tile_mismatch', log: origin, text }),
    )
    const last = await partialLeaves(tiles, size)
    if (findings.length > 0) return { tree: undefined, findings }
    const edge: TreeEdge = { size, hashes: [last, ...roots.edge.hashes] }
    if (!rootOf(edge).equals(checkpoint.root)) {
      const text = `the tiles expected the root that is signed for ${size} leaves, ${checkpoint.root.toString('base64')}; got ${rootOf(edge).toString('base64')}`
      return { tree: undefined, findings: [{ code: 'root_mismatch', log: origin, text }] }
    }
    const leaves = (first: number): Promise<Buffer | Finding> =>
      leavesOf({ log, first, last, roots: roots.hashes })
    return { tree: { size, leaves }, findings: [] }
  } catch (thrown) {
    return { tree: undefined, findings: [tileFinding(thrown, origin)] }
  }
}

/** Reads the roots of all full tiles of leaves from level 1, and returns them with the edge of the tree over them. */
async function tileRoots(
  tiles: TileReader,
  size: number,
  onMismatch: (text: string) => void,
): Promise<{ hashes: Buffer; edge: TreeEdge }> {
  const count = Math.floor(size / tileWidth)
  const hashes = Buffer.alloc(count * hashBytes)
  let edge = emptyEdge
  for (let first = 0; first < count; first += tileWidth * readAheadTiles) {
    const starts = Array.from({ length: readAheadTiles }, (_, n) => first + n * tileWidth)
    const read = await Promise.all(
      starts
        .filter((start) => start < count)
        .map((start) => readTile(tiles, { level: 1, first: start, count })),
    )
    const run = Buffer.concat(read)
    run.copy(hashes, first * hashBytes)
    const grown = appendLeaves(edge, split(run))
    // Full tiles above level 1 are recomputed from it; level 1 itself was read.
    for (const { path, bytes } of grown.tiles) {
      const [, level = '', ...rest] = path.split('/')
      if (level === '0' || path.includes('.p/')) continue
      const stored = await tiles.read(['tile', Number(level) + 1, ...rest].join('/'))
      if (stored === undefined || !bytes.equals(stored))
        onMismatch(
          `tile/${Number(level) + 1}/${rest.join('/')} expected the roots of the tiles below it; got ${stored === undefined ? 'nothing' : 'others'}`,
        )
    }
    edge = grown.edge
  }
  return { hashes, edge }
}

/** Reads the last leaves, which do not fill a tile. */
async function partialLeaves(tiles: TileReader, size: number): Promise<Buffer> {
  const width = size % tileWidth
  return width === 0
    ? Buffer.alloc(0)
    : readTile(tiles, { level: 0, first: size - width, count: size })
}

interface TileOfLeaves {
  readonly log: SealedLog
  readonly first: number
  readonly last: Buffer
  readonly roots: Buffer
}

async function leavesOf({ log, first, last, roots }: TileOfLeaves): Promise<Buffer | Finding> {
  const { origin, tiles, checkpoint } = log
  if (first + tileWidth > checkpoint.size) return last
  try {
    const bytes = await readTile(tiles, { level: 0, first, count: checkpoint.size })
    const at = (first / tileWidth) * hashBytes
    if (perfectRoot(bytes).equals(roots.subarray(at, at + hashBytes))) return bytes
    const text = `tile of the leaves from ${first} expected the hashes that were sealed; got others`
    return { code: 'tile_mismatch', log: origin, index: first, text }
  } catch (thrown) {
    return { ...tileFinding(thrown, origin), index: first }
  }
}

/** A tile by its level, its first hash, and how many hashes its level has. */
interface Wanted {
  readonly level: 0 | 1
  readonly first: number
  readonly count: number
}

/** Reads one tile, or the beginning of a wider one if only that is stored. */
async function readTile(tiles: TileReader, { level, first, count }: Wanted): Promise<Buffer> {
  const index = Math.floor(first / tileWidth)
  const width = Math.min(tileWidth, count - index * tileWidth)
  const path = tilePath({ level, index, width })
  const bytes = (await tiles.read(path)) ?? (await tiles.read(tilePath({ level, index })))
  if (bytes === undefined) throw new ProofError('tile_missing', `${path}: the tile is not stored`)
  if (bytes.length < width * hashBytes)
    throw new ProofError(
      'malformed_tile',
      `${path}: expected ${width * hashBytes} bytes, got ${bytes.length}`,
    )
  return Buffer.from(bytes.buffer, bytes.byteOffset, width * hashBytes)
}

function tileFinding(thrown: unknown, log: string): Finding {
  if (!(thrown instanceof ProofError)) throw thrown
  const code = thrown.code === 'tile_missing' ? 'tile_missing' : 'tile_mismatch'
  return { code, log, text: thrown.message }
}

function split(hashes: Buffer): Buffer[] {
  const count = hashes.length / hashBytes
  return Array.from({ length: count }, (_, n) =>
    hashes.subarray(n * hashBytes, (n + 1) * hashBytes),
  )
}
