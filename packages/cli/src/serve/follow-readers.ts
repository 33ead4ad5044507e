import type { ApiToken } from '@whodid/api'
import { readerFile } from '../readers.ts'
import type { NamedReader } from '../readers.ts'
import { tokenSha256 } from '../tokens.ts'
import type { Tokens } from '../tokens.ts'
import { followEntries } from './follow-entries.ts'
import type { Starting } from './starting.ts'

/** The tenant of the tokens of `tokens.json`. */
export const tenantDefault = 'default'

/** The tokens that the API takes, for as long as the service runs: what is named in `readers.json` comes and goes with it. */
export async function followReaders(
  starting: Starting,
  tokens: Tokens,
): Promise<() => readonly ApiToken[]> {
  let current: readonly ApiToken[] = []
  await followEntries(starting, readerFile, (readers) => {
    current = [...ownTokens(tokens), ...readers.map(tokenOf)]
  })
  return () => current
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
