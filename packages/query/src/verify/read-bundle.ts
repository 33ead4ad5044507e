import type { MetaLogSource } from '@whodid/meta-log'
import { decodeEntryBundle, entriesPath, ProofError, tileWidth } from '@whodid/tlog'

/** The entries of a meta-log of `size` entries from `first` on, a multiple of 256. Throws `ProofError` for what is not there, or is none. */
export async function readBundle(
  source: MetaLogSource,
  first: number,
  size: number,
): Promise<Buffer[]> {
  const index = first / tileWidth
  const width = Math.min(tileWidth, size - first)
  const path = entriesPath({ index, width })
  // A partial bundle may be gone once the full one is there.
  const bytes = (await source.read(path)) ?? (await source.read(entriesPath({ index })))
  if (bytes === undefined) throw new ProofError('tile_missing', `${path}: it is not stored`)
  const entries = decodeEntryBundle(bytes).slice(0, width)
  if (entries.length < width)
    throw new ProofError('malformed_tile', `${path}: expected ${width}, got ${entries.length}`)
  return entries
}
