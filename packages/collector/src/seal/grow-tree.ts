import { appendLeaves } from '@whodid/tlog'
import type { StoredTile, TreeEdge } from '@whodid/tlog'
import { partialTiles } from './tree-files.ts'

/** Leaves hashed between two turns of the event loop: some milliseconds. */
const leavesAtOnce = 8_192

/**
 * Appends leaves without holding up the event loop: the grown edge, and every tile to write, the full ones and the partial
 * ones as they stand at the end. `measure` runs each part that takes the processor.
 */
export async function growTree(
  from: TreeEdge,
  leaves: readonly Buffer[],
  measure: <Result>(act: () => Result) => Result,
): Promise<{ edge: TreeEdge; tiles: StoredTile[] }> {
  const full: StoredTile[] = []
  let edge = from
  for (let at = 0; at < leaves.length; at += leavesAtOnce) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve))
    const grown = measure(() => appendLeaves(edge, leaves.slice(at, at + leavesAtOnce)))
    edge = grown.edge
    for (const tile of grown.tiles) if (!tile.path.includes('.p/')) full.push(tile)
  }
  const known = new Set(partialTiles(from).map(({ path }) => path))
  const partial = partialTiles(edge).filter(({ path }) => !known.has(path))
  return { edge, tiles: [...full, ...partial] }
}
