import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiOptions } from '@whodid/api'
import { WhodidError } from '@whodid/model'
import { generateNoteKey, parseSkey, ProofError } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import type { ServiceConfig } from '../config.ts'

/** What the key that signs packages is called. */
const exporterName = 'whodid/export'

/** What evidence packages are made with: the key that signs packages, and whose cosignatures they can show. Throws `invalid_config` for a damaged key. */
export async function openExports({
  keysDir,
  witnesses,
}: ServiceConfig): Promise<NonNullable<ApiOptions['exports']>> {
  return {
    signer: await loadOrCreateKey(keysDir),
    witnesses: witnesses.map(({ key }) => key.vkey),
    product: 'whodid',
  }
}

async function loadOrCreateKey(keysDir: string): Promise<NoteSigner> {
  const path = join(keysDir, 'export.skey')
  const found = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return undefined
    throw thrown
  })
  if (found !== undefined) return parseKey(found.trim(), path)
  await mkdir(keysDir, { recursive: true, mode: 0o700 })
  const { skey } = generateNoteKey(exporterName, 'note')
  const file = await open(`${path}.draft`, 'w', 0o600)
  try {
    await file.writeFile(`${skey}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  // A crash before this leaves a draft, which the next start writes over; nothing has been signed with it.
  await rename(`${path}.draft`, path)
  return parseSkey(skey)
}

function parseKey(skey: string, path: string): NoteSigner {
  try {
    return parseSkey(skey)
  } catch (thrown) {
    if (!(thrown instanceof ProofError)) throw thrown
    throw new WhodidError('invalid_config', `"${path}" expected a signing key: ${thrown.message}`)
  }
}
