import { hashBytes, nodeHash } from './merkle-hash.ts'
import { ProofError } from './proof-error.ts'
import { readHashes } from './read-hashes.ts'
import { splitOf } from './subtree.ts'
import type { LeafRange } from './subtree.ts'
import type { TileReader } from './tile.ts'
import { checkTreeSize } from './tree-size.ts'

/** The claim that a leaf stands at `index` in the tree of `size` leaves that has this root. */
export interface InclusionClaim {
  /** The leaf's hash, as `leafHash` gives it. */
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly root: Uint8Array
  /** From the leaf's sibling upwards, as `proveInclusion` gives it. */
  readonly proof: readonly Uint8Array[]
}

/**
 * Proves that the leaf at `index` is in the tree of `size` leaves: the hashes from its sibling upwards (RFC 6962 §2.1.1).
 * At most one tile read a level.
 *
 * Throws `invalid_range`, `tile_missing`, `malformed_tile`. Does NOT check the tiles: a proof from altered tiles fails in `verifyInclusion`.
 */
export async function proveInclusion(
  reader: TileReader,
  index: number,
  size: number,
): Promise<Buffer[]> {
  checkTreeSize('tree size', size)
  checkIndex(index, size)
  return readHashes(reader, size, siblingRanges(index, size))
}

/** Throws `wrong_root` unless the proof leads from the leaf to the root, with no hash too few or too many; `invalid_range` and `malformed_proof` for values that can be no claim. */
export function verifyInclusion({ leaf, index, size, root, proof }: InclusionClaim): void {
  checkTreeSize('tree size', size)
  checkIndex(index, size)
  for (const hash of [leaf, root, ...proof])
    if (hash.length !== hashBytes)
      throw new ProofError('malformed_proof', `hash: expected 32 bytes, got ${hash.length}`)
  let node = index
  let last = size - 1
  let reached: Uint8Array = leaf
  for (const sibling of proof) {
    if (last === 0) throw tooLong(size)
    if (node % 2 === 1 || node === last) {
      reached = nodeHash(sibling, reached)
      // A node at the right edge has no sibling until a level at which it is a right child.
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else reached = nodeHash(reached, sibling)
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0)
    throw new ProofError('wrong_root', `inclusion proof: ends below the root of ${size} leaves`)
  if (!Buffer.from(reached).equals(root))
    throw new ProofError(
      'wrong_root',
      `inclusion proof of leaf ${index} in ${size}: leads to ${Buffer.from(reached).toString('hex')}, expected ${Buffer.from(root).toString('hex')}`,
    )
}

/** The ranges beside the path from the leaf to the root, the leaf's sibling first. */
function siblingRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.toReversed()
}

function checkIndex(index: number, size: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new ProofError(
      'invalid_range',
      `leaf index: expected 0 to below the size ${size}, got ${index}`,
    )
}

function tooLong(size: number): ProofError {
  return new ProofError('wrong_root', `inclusion proof: goes beyond the root of ${size} leaves`)
}
