import { ProofError } from './proof-error.ts'
import { tileWidth } from './tile.ts'

/** Longest entry a bundle can hold, in bytes: its length is written in 16 bits. */
export const entryBytesMax = 65_535

/** Writes leaves as an entry bundle, each after its length in two bytes, big-endian (C2SP tlog-tiles). Throws `invalid_range` for an entry that is too long, or too many. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Buffer {
  const tooLong = entries.find(({ length }) => length > entryBytesMax)
  if (tooLong !== undefined)
    throw new ProofError(
      'invalid_range',
      `entry: expected at most ${entryBytesMax} bytes, got ${tooLong.length}`,
    )
  if (entries.length > tileWidth)
    throw new ProofError(
      'invalid_range',
      `bundle: expected at most 256 entries, got ${entries.length}`,
    )
  return Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )
}

/** Reads an entry bundle back; the entries are views of `bytes`. Throws `malformed_tile` when the bytes are not 1 to 256 whole entries. */
export function decodeEntryBundle(bytes: Uint8Array): Buffer[] {
  const bundle = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Buffer[] = []
  for (let start = 0; start < bundle.length;) {
    const end = start + 2 <= bundle.length ? start + 2 + bundle.readUInt16BE(start) : Infinity
    if (end > bundle.length || entries.length === tileWidth)
      throw new ProofError('malformed_tile', `bundle: broken at byte ${start} of ${bundle.length}`)
    entries.push(bundle.subarray(start + 2, end))
    start = end
  }
  if (entries.length === 0) throw new ProofError('malformed_tile', 'bundle: has no entries')
  return entries
}
