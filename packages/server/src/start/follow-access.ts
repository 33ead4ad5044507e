import { unwatchFile, watchFile } from 'node:fs'
import type { Stats } from 'node:fs'
import type { ApiToken } from '@whodid/api'
import type { Collector, IngestClient } from '@whodid/collector'
import { ingestClientList, readerList, readIngestClients } from '../credentials/access-lists.ts'
import type { NamedIngestClient, NamedReader } from '../credentials/access-lists.ts'
import { entriesPath, readEntries } from '../credentials/entry-file.ts'
import type { EntryKind } from '../credentials/entry-file.ts'
import { tokenSha256 } from '../credentials/tokens.ts'
import type { Tokens } from '../credentials/tokens.ts'
import type { Started, StartupContext } from './startup-context.ts'

/** The tenant of the tokens of `tokens.json`. */
export const tenantDefault = 'default'

/** Milliseconds between two looks at the file: polled, because that works on every file system and costs one `stat`. */
const lookMs = 500

/** The ingest clients that the files name now. Throws `invalid_config` for an unusable file. */
export async function ingestClientsNow(dataDir: string, tokens: Tokens): Promise<IngestClient[]> {
  return allIngestClients(tokens, await readIngestClients(dataDir))
}

/** Gives the collector its ingest clients whenever `exporters.json` changes. Throws as {@link ingestClientsNow}. */
export async function followIngestClients(
  context: StartupContext,
  tokens: Tokens,
  collector: Pick<Collector, 'setIngestClients'>,
): Promise<Started<void>> {
  const { stop } = await followEntries(context, ingestClientList, (named) =>
    collector.setIngestClients(allIngestClients(tokens, named)),
  )
  return { value: undefined, stop }
}

/** Returns the tokens that the API accepts, which change with `readers.json`. Throws `invalid_config` for an unusable file. */
export async function followReaders(
  context: StartupContext,
  tokens: Tokens,
): Promise<Started<() => readonly ApiToken[]>> {
  const own = ownTokens(tokens)
  return followEntries(context, readerList, (readers) => [...own, ...readers.map(tokenOf)])
}

/**
 * Returns the tokens of the named ingest clients, which change with `exporters.json`: an agent listens with the token that it sends
 * with. That the file changed is reported by {@link followIngestClients}. Throws as {@link ingestClientsNow}.
 */
export async function followListeners(
  context: StartupContext,
): Promise<Started<() => readonly ApiToken[]>> {
  return followEntries({ ...context, onEvent: () => {} }, ingestClientList, (clients) =>
    clients.map(({ name, tenant, token_sha256: sha256 }) => ({
      name,
      tenant,
      sha256,
      role: 'ingest',
    })),
  )
}

/**
 * Reads the entries of a list, and reads them again whenever their file changes. The value is what `take` made of them last. A file that
 * becomes unusable changes nothing, and a warning says why. Throws `invalid_config` when it is unusable now.
 */
async function followEntries<Entry, Taken>(
  { config, onEvent }: StartupContext,
  kind: EntryKind<Entry>,
  take: (entries: readonly Entry[]) => Taken,
): Promise<Started<() => Taken>> {
  const path = entriesPath(config.dataDir, kind)
  let looks = Promise.resolve()
  const look = async (): Promise<void> => {
    try {
      const entries = await readEntries(config.dataDir, kind)
      current = take(entries)
      onEvent({ event: 'access_changed', what: kind.list, count: entries.length })
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `the ${kind.list} stay as they were: ${why}` })
    }
  }
  // Watched before it is read: a change between the two is read twice rather than missed.
  const listener = (now: Stats, before: Stats): void => {
    // Node reports a missing file once, which is no change.
    if (now.ino !== 0 || before.ino !== 0) looks = looks.then(look)
  }
  watchFile(path, { interval: lookMs, persistent: false }, listener)
  const stop = async (): Promise<void> => {
    unwatchFile(path, listener)
    await looks
  }
  let current: Taken
  try {
    current = take(await readEntries(config.dataDir, kind))
  } catch (thrown) {
    await stop()
    throw thrown
  }
  return { value: () => current, stop }
}

/** The ingest and the admin token may speak for everyone of the default tenant; the operator names the others. */
function allIngestClients(tokens: Tokens, named: readonly NamedIngestClient[]): IngestClient[] {
  const everyone = { tenant: tenantDefault, templates: '*', humans: true, services: true } as const
  return [
    { name: 'ingest', tokenSha256: tokenSha256(tokens.ingest), ...everyone },
    { name: 'admin', tokenSha256: tokenSha256(tokens.admin), ...everyone },
    ...named.map(({ token_sha256: hash, ...rest }) => ({ ...rest, tokenSha256: hash })),
  ]
}

function ownTokens(tokens: Tokens): ApiToken[] {
  const roles = ['ingest', 'investigator', 'admin'] as const
  return roles.map((role) => ({
    name: role,
    role,
    tenant: tenantDefault,
    sha256: tokenSha256(tokens[role]),
  }))
}

function tokenOf({ name, tenant, token_sha256: sha256 }: NamedReader): ApiToken {
  return { name, tenant, sha256, role: 'investigator' }
}
