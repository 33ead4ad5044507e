import { nodeHash } from './merkle-hash.ts'

/** A range of leaves, `end` exclusive. */
export interface LeafRange {
  readonly start: number
  readonly end: number
}

/** A perfect subtree: 2^level leaves, the index-th such run of the tree. */
export interface Subtree {
  readonly level: number
  readonly index: number
}

/** The largest power of two below `count`, which is where RFC 6962 splits a tree of `count` leaves; `count` is at least 2. */
export function splitOf(count: number): number {
  // Not by shifting: JavaScript shifts 32 bits, a tree counts 53.
  let split = 1
  while (split * 2 < count) split *= 2
  return split
}

/** The perfect subtrees that make up a range, left to right; the range is one that RFC 6962 splits a tree into. */
export function perfectSubtrees({ start, end }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = []
  let from = start
  while (from < end) {
    let level = 0
    let count = 1
    while (count * 2 <= end - from) {
      count *= 2
      level += 1
    }
    subtrees.push({ level, index: from / count })
    from += count
  }
  return subtrees
}

/** The root over perfect subtrees that get smaller from left to right. */
export function foldRoots(roots: readonly Uint8Array[]): Buffer {
  const last = roots.at(-1)
  if (last === undefined) throw new RangeError('a root needs at least one subtree')
  return roots
    .slice(0, -1)
    .reduceRight<Buffer>((right, left) => nodeHash(left, right), Buffer.from(last))
}
