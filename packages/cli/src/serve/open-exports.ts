import { join } from 'node:path'
import type { ApiOptions } from '@whodid/api'
import { WhodidError } from '@whodid/model'
import { generateNoteKey, parseSkey, ProofError } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { loadOrCreateKey, systemFiles } from '@whodid/tlog-posix'
import type { ServiceConfig } from '../config.ts'

/** What the key that signs packages is called. */
const exporterName = 'whodid/export'

/** What evidence packages are made with: the key that signs packages, and whose cosignatures they can show. Throws `invalid_config` for a damaged key. */
export async function openExports({
  keysDir,
  witnesses,
}: ServiceConfig): Promise<NonNullable<ApiOptions['exports']>> {
  return {
    signer: await loadSigner(keysDir),
    witnesses: witnesses.map(({ key }) => key.vkey),
    product: 'whodid',
  }
}

async function loadSigner(keysDir: string): Promise<NoteSigner> {
  const path = join(keysDir, 'export.skey')
  // A crash before the key is durable leaves none, or a draft that nobody reads; nothing has been signed with it.
  const skey = await loadOrCreateKey(
    systemFiles,
    path,
    () => generateNoteKey(exporterName, 'note').skey,
  )
  return parseKey(skey.trim(), path)
}

function parseKey(skey: string, path: string): NoteSigner {
  try {
    return parseSkey(skey)
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    throw new WhodidError('invalid_config', `"${path}" expected a signing key: ${thrown.message}`)
  }
}
