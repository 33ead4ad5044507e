import { WhodidError } from '@whodid/model'
import { hashBytes, appendLeaves } from '@whodid/tlog'
import type { StoredTile, TreeEdge } from '@whodid/tlog'
import { partialTiles } from '@whodid/tlog-posix'
import type { LeafRun } from '../wal/segment.ts'

/** Leaves that one checkpoint takes up, and the rest of a run beyond: bounds the memory and the tiles of a pass. */
export const leavesPerPass = 131_072

/** Leaves that wait to be sealed, in the order of their indexes. Its length is bounded by the log's `unsealedRowsMax`. */
export class LeafQueue {
  #runs: LeafRun[] = []
  #count = 0

  /** Leaves that wait. */
  get count(): number {
    return this.#count
  }

  push(run: LeafRun): void {
    this.#runs.push(run)
    this.#count += run.leaves.length / hashBytes
  }

  /**
   * The first that wait, 32 bytes each, and how many runs those are. Throws `seal_failed` unless they follow `size` without
   * a hole: a tree with a leaf in the wrong place would prove a falsehood.
   */
  peek(size: number): { leaves: Buffer[]; runCount: number } {
    const leaves: Buffer[] = []
    let runCount = 0
    for (const { firstIndex, leaves: bytes } of this.#runs) {
      if (leaves.length >= leavesPerPass) break
      const expected = size + leaves.length
      if (firstIndex !== expected)
        throw new WhodidError(
          'seal_failed',
          `the tree expected the leaf ${expected} next; got ${firstIndex}`,
        )
      for (let at = 0; at < bytes.length; at += hashBytes)
        leaves.push(bytes.subarray(at, at + hashBytes))
      runCount += 1
    }
    return { leaves, runCount }
  }

  /** Forgets the first runs, which are sealed. */
  drop(runCount: number): void {
    for (const { leaves } of this.#runs.splice(0, runCount))
      this.#count -= leaves.length / hashBytes
  }
}

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
