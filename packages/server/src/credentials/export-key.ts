import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import { asInvalid } from './key-file.ts'

/** The name of the key that signs evidence packages. */
const exportKeyName = 'whodid/export'

/**
 * Returns the key that signs evidence packages, `export.skey` in the directory of keys. Makes it (0600) where there is none. Throws
 * `invalid_config` for a damaged key.
 */
export async function loadOrCreateExportKey(keysDir: string): Promise<NoteSigner> {
  const path = join(keysDir, 'export.skey')
  const found = await readFile(path, 'utf8').catch((thrown: unknown) => {
    if (thrown instanceof Error && Reflect.get(thrown, 'code') === 'ENOENT') return undefined
    throw thrown
  })
  if (found !== undefined)
    return asInvalid(`"${path}" expected a signing key`, () => parseSkey(found.trim()))
  await mkdir(keysDir, { recursive: true, mode: 0o700 })
  const { skey } = generateNoteKey(exportKeyName, 'note')
  const file = await open(`${path}.draft`, 'w', 0o600)
  try {
    await file.writeFile(`${skey}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  // A crash before this leaves a draft, which the next start replaces; nothing has been signed with it.
  await rename(`${path}.draft`, path)
  return parseSkey(skey)
}
