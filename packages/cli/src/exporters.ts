import { z } from 'zod'
import { readEntries, writeEntries } from './entry-file.ts'
import type { EntryKind } from './entry-file.ts'

/** An exporter that the operator named: what may be said with its token. The token itself is kept nowhere. */
export interface NamedExporter {
  readonly name: string
  readonly tenant: string
  readonly token_sha256: string
  /** Templates it may speak for; `*` means every one; null: bound to no actor. */
  readonly templates: readonly string[] | '*' | null
  /** Whether it may speak for humans, and for services. */
  readonly humans: boolean
  readonly services: boolean
  /** Whether its records that name nobody belong to whoever they stand under. Default: false. */
  readonly infrastructure?: boolean | undefined
}

const name = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/u)

/** The file of the exporters, `exporters.json`. */
export const exporterFile: EntryKind<NamedExporter> = {
  list: 'exporters',
  schema: z.object({
    name,
    tenant: name,
    token_sha256: z.string().regex(/^[0-9a-f]{64}$/u),
    templates: z.union([z.literal('*'), z.array(z.string().min(1).max(200)).max(1000), z.null()]),
    humans: z.boolean(),
    services: z.boolean(),
    infrastructure: z.boolean().optional(),
  }),
}

/** The named exporters of a data directory; none when there is no file. Throws `invalid_config` for an unusable file. */
export function readExporters(dataDir: string): Promise<NamedExporter[]> {
  return readEntries(dataDir, exporterFile)
}

/** Replaces the exporters' file (0600) as a whole. Throws `invalid_config` when one is not valid. */
export function writeExporters(
  dataDir: string,
  exporters: readonly NamedExporter[],
): Promise<void> {
  return writeEntries(dataDir, exporterFile, exporters)
}
