import type { Collector, IngestClient } from '@whodid/collector'
import { exporterFile, readExporters } from '../exporters.ts'
import type { NamedExporter } from '../exporters.ts'
import { tokenSha256 } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { followEntries } from './follow-entries.ts'
import { tenantDefault } from './follow-readers.ts'
import type { Starting } from './starting.ts'

/** Who may send, as the files say now. Throws `invalid_config` for an unusable file. */
export async function exportersNow(dataDir: string, tokens: Tokens): Promise<IngestClient[]> {
  return allExporters(tokens, await readExporters(dataDir))
}

/** Hands the collector who may send whenever `exporters.json` changes. */
export function followExporters(
  starting: Starting,
  tokens: Tokens,
  collector: Collector,
): Promise<void> {
  return followEntries(starting, exporterFile, (named) =>
    collector.setIngestClients(allExporters(tokens, named)),
  )
}

/** The ingest and the admin token may speak for everyone of the default tenant; the operator names the others. */
function allExporters(tokens: Tokens, named: readonly NamedExporter[]): IngestClient[] {
  const everyone = { tenant: tenantDefault, templates: '*', humans: true, services: true } as const
  return [
    { name: 'ingest', tokenSha256: tokenSha256(tokens.ingest), ...everyone },
    { name: 'admin', tokenSha256: tokenSha256(tokens.admin), ...everyone },
    ...named.map(({ token_sha256: hash, ...rest }) => ({ ...rest, tokenSha256: hash })),
  ]
}
