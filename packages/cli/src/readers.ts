import { z } from 'zod'
import { readEntries, writeEntries } from './entry-file.ts'
import type { EntryKind } from './entry-file.ts'

/** A reader that the operator named: an investigator of one tenant. The token itself is kept nowhere. */
export interface NamedReader {
  /** Stands in the record of reads. */
  readonly name: string
  /** The only tenant whose records it sees. */
  readonly tenant: string
  readonly token_sha256: string
}

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/u)

/** The file of the readers, `readers.json`. */
export const readerFile: EntryKind<NamedReader> = {
  list: 'readers',
  schema: z.object({
    name,
    tenant: name,
    token_sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  }),
}

/** The named readers of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export function readReaders(dataDir: string): Promise<NamedReader[]> {
  return readEntries(dataDir, readerFile)
}

/** Replaces the readers' file (0600) as a whole. Throws `invalid_config` when one is not valid. */
export function writeReaders(dataDir: string, readers: readonly NamedReader[]): Promise<void> {
  return writeEntries(dataDir, readerFile, readers)
}
