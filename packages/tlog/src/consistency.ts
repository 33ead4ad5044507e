import { emptyRoot, hashBytes, nodeHash } from './merkle-hash.ts'
import { ProofError } from './proof-error.ts'
import { readHashes } from './read-hashes.ts'
import { splitOf } from './subtree.ts'
import type { LeafRange } from './subtree.ts'
import type { TileReader } from './tile.ts'
import { checkTreeSize } from './tree-size.ts'

/** The claim that the tree of `to` leaves begins with the very leaves of the tree of `from` leaves. */
export interface ConsistencyClaim {
  readonly from: number
  readonly fromRoot: Uint8Array
  readonly to: number
  readonly toRoot: Uint8Array
  /** As `proveConsistency` gives it. */
  readonly proof: readonly Uint8Array[]
}

/**
 * Proves that the tree of `to` leaves is the tree of `from` leaves with more appended (RFC 6962 §2.1.2). Empty when `from`
 * is 0 or `to`: then the roots alone decide.
 *
 * Throws `invalid_range`, `tile_missing`, `malformed_tile`. Does NOT check the tiles: a proof from altered tiles fails in `verifyConsistency`.
 */
export async function proveConsistency(
  reader: TileReader,
  from: number,
  to: number,
): Promise<Buffer[]> {
  checkSizes(from, to)
  return from === 0 ? [] : readHashes(reader, to, consistencyRanges(from, to))
}

/** Throws `wrong_root` unless the proof leads to both roots, with no hash too few or too many; `invalid_range` and `malformed_proof` for values that can be no claim. */
export function verifyConsistency({ from, fromRoot, to, toRoot, proof }: ConsistencyClaim): void {
  checkSizes(from, to)
  for (const hash of [fromRoot, toRoot, ...proof])
    if (hash.length !== hashBytes)
      throw new ProofError('malformed_proof', `hash: expected 32 bytes, got ${hash.length}`)
  if (from === 0 || from === to) {
    if (proof.length > 0)
      throw wrongRoot(`from ${from} to ${to} takes no hashes, got ${proof.length}`)
    if (from === 0 && !emptyRoot.equals(fromRoot))
      throw wrongRoot('the empty tree has another root')
    if (from === to && !same(fromRoot, toRoot))
      throw wrongRoot(`two trees of ${to} leaves with roots ${hex(fromRoot)} and ${hex(toRoot)}`)
    return
  }
  const reached = climb(from, to, isPowerOfTwo(from) ? [fromRoot, ...proof] : proof)
  if (!same(reached.from, fromRoot))
    throw wrongRoot(`at ${from} leaves leads to ${hex(reached.from)}, expected ${hex(fromRoot)}`)
  if (!same(reached.to, toRoot))
    throw wrongRoot(`at ${to} leaves leads to ${hex(reached.to)}, expected ${hex(toRoot)}`)
}

/** Walks up from the last whole subtree of the old tree, building both roots (RFC 9162 §2.1.4.2). */
function climb(
  fromSize: number,
  toSize: number,
  [first, ...others]: readonly Uint8Array[],
): { from: Uint8Array; to: Uint8Array } {
  if (first === undefined) throw wrongRoot(`from ${fromSize} to ${toSize} has no hashes`)
  let node = fromSize - 1
  let last = toSize - 1
  const up = (): void => {
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  while (node % 2 === 1) up()
  let from = first
  let to = first
  for (const hash of others) {
    if (last === 0) throw wrongRoot(`goes beyond the root of ${toSize} leaves`)
    if (node % 2 === 1 || node === last) {
      from = nodeHash(hash, from)
      to = nodeHash(hash, to)
      while (node % 2 === 0 && node !== 0) up()
    } else to = nodeHash(to, hash)
    up()
  }
  if (last !== 0) throw wrongRoot(`ends below the root of ${toSize} leaves`)
  return { from, to }
}

/** RFC 6962's SUBPROOF, as the ranges whose roots it lists. */
function consistencyRanges(from: number, to: number): LeafRange[] {
  const ranges: LeafRange[] = []
  let start = 0
  let end = to
  while (end !== from) {
    const middle = start + splitOf(end - start)
    if (from <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  // The old tree itself is left out: its root is in the claim.
  if (start > 0) ranges.push({ start, end })
  return ranges.toReversed()
}

function checkSizes(from: number, to: number): void {
  checkTreeSize('old size', from)
  checkTreeSize('new size', to)
  if (from > to)
    throw new ProofError('invalid_range', `old size: expected at most ${to}, got ${from}`)
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || splitOf(size) * 2 === size
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function wrongRoot(detail: string): ProofError {
  return new ProofError('wrong_root', `consistency proof: ${detail}`)
}
