import { z } from 'zod'
import { readEntries, writeEntries } from './entry-file.ts'
import type { EntryKind } from './entry-file.ts'

/** An ingest client that the operator named: a sender with a token of its own. The token itself is kept nowhere. */
export interface NamedIngestClient {
  readonly name: string
  /** The tenant that its records belong to. */
  readonly tenant: string
  readonly token_sha256: string
  /** Templates that it may speak for; `*` means every one; null: bound to no actor. */
  readonly templates: readonly string[] | '*' | null
  /** Allows it to speak for humans. */
  readonly humans: boolean
  /** Allows it to speak for services. */
  readonly services: boolean
  /** Gives its records that name nobody to the actor they stand under. Default: false. */
  readonly infrastructure?: boolean | undefined
}

/** A reader that the operator named: an investigator of one tenant. The token itself is kept nowhere. */
export interface NamedReader {
  /** Stands in the record of reads. */
  readonly name: string
  /** The only tenant whose records it sees. */
  readonly tenant: string
  readonly token_sha256: string
}

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/u)
const hash = z.string().regex(/^[0-9a-f]{64}$/u)

/** The file of the ingest clients, `exporters.json`. */
export const ingestClientList: EntryKind<NamedIngestClient> = {
  list: 'exporters',
  schema: z.object({
    name,
    tenant: name,
    token_sha256: hash,
    templates: z.union([z.literal('*'), z.array(z.string().min(1).max(200)).max(1000), z.null()]),
    humans: z.boolean(),
    services: z.boolean(),
    infrastructure: z.boolean().optional(),
  }),
}

/** The file of the readers, `readers.json`. */
export const readerList: EntryKind<NamedReader> = {
  list: 'readers',
  schema: z.object({ name, tenant: name, token_sha256: hash }),
}

/** The named ingest clients of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export function readIngestClients(dataDir: string): Promise<NamedIngestClient[]> {
  return readEntries(dataDir, ingestClientList)
}

/** Replaces the file of the ingest clients (0600) as a whole. Throws `invalid_config` when an entry is not valid. */
export function writeIngestClients(
  dataDir: string,
  clients: readonly NamedIngestClient[],
): Promise<void> {
  return writeEntries(dataDir, ingestClientList, clients)
}

/** The named readers of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export function readReaders(dataDir: string): Promise<NamedReader[]> {
  return readEntries(dataDir, readerList)
}

/** Replaces the file of the readers (0600) as a whole. Throws `invalid_config` when an entry is not valid. */
export function writeReaders(dataDir: string, readers: readonly NamedReader[]): Promise<void> {
  return writeEntries(dataDir, readerList, readers)
}
