import { join } from 'node:path'
import { knowIngestClients } from './ingest-clients.ts'
import type { Authenticate, IngestClient, KnownIngestClients } from './ingest-clients.ts'
import { LaunchCredentials } from './launch-credentials.ts'

/** Everybody who may send now: the named senders, and the agents that they have launched. */
export interface Senders extends KnownIngestClients {
  readonly launches: LaunchCredentials
}

/** Prepares the check of tokens and of launch credentials, which `launches.restore` reads from `logDir`. Throws `invalid_config`. */
export function openSenders(
  clients: readonly IngestClient[],
  { logDir, nowUnixNs }: { readonly logDir: string; readonly nowUnixNs: () => bigint },
): Senders {
  const known = knowIngestClients(clients)
  const launches = new LaunchCredentials({
    path: join(logDir, 'launch-credentials.jsonl'),
    nowMs: () => Number(nowUnixNs() / 1_000_000n),
    named: known.named,
  })
  const authenticate: Authenticate = (authorization) =>
    launches.find(authorization) ?? known.authenticate(authorization)
  return {
    launches,
    authenticate,
    named: (name) => known.named(name) ?? launches.named(name),
    replace: known.replace,
  }
}
