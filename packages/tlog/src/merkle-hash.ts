import { hash } from 'node:crypto'

/** Length of every hash of the tree, in bytes: SHA-256. */
export const hashBytes = 32

/** The root of the tree that has no leaves: the hash of nothing (RFC 6962 §2.1). */
export const emptyRoot: Buffer = Buffer.from(hash('sha256', '', 'hex'), 'hex')

// Reused between calls: hashing is synchronous, and nothing keeps a reference.
const pair = Buffer.alloc(1 + 2 * hashBytes)
pair[0] = 1
let leafInput = Buffer.alloc(4096)

/** The hash of one leaf: SHA-256 over a zero byte and the leaf's bytes (RFC 6962 §2.1). */
export function leafHash(leaf: Uint8Array): Buffer {
  if (leafInput.length <= leaf.length) leafInput = Buffer.alloc(2 * leaf.length)
  leafInput.set(leaf, 1)
  // Asking for a string is two to three times as fast as asking for a Buffer, the conversion included.
  const digest = hash('sha256', leafInput.subarray(0, 1 + leaf.length), 'binary')
  return Buffer.from(digest, 'latin1')
}

/** The hash of an inner node: SHA-256 over a one byte and both children, of 32 bytes each (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1)
  pair.set(right, 1 + hashBytes)
  return Buffer.from(hash('sha256', pair, 'binary'), 'latin1')
}

/**
 * The root over `hashes`, a power of two of concatenated hashes, each the root of a perfect subtree of one size.
 *
 * Precondition: the length is 32 times a power of two. Leaves `hashes` as it is.
 */
export function perfectRoot(hashes: Uint8Array): Buffer {
  const row = Buffer.from(hashes)
  for (let count = row.length / hashBytes; count > 1; count /= 2)
    for (let index = 0; index < count; index += 2) {
      row.copy(pair, 1, index * hashBytes, (index + 2) * hashBytes)
      row.write(hash('sha256', pair, 'binary'), (index / 2) * hashBytes, 'latin1')
    }
  return row.subarray(0, hashBytes)
}
