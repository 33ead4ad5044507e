import { ProofError } from './proof-error.ts'

/** The largest tree this package can count: 2^53 − 1 leaves. */
const treeSizeMax: number = Number.MAX_SAFE_INTEGER

/** Throws `invalid_range` unless `size` is a whole number of leaves. */
export function checkTreeSize(name: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 0)
    throw new ProofError('invalid_range', `${name}: expected 0 to ${treeSizeMax}, got ${size}`)
}
