import { join } from 'node:path'
import { generateNoteKey, parseSkey } from '@whodid/tlog'
import type { NoteSigner } from '@whodid/tlog'
import type { KeyWrapping } from '@whodid/tlog-posix'
import { loadOrCreateKey, systemFiles } from '@whodid/tlog-posix'
import { asInvalid } from './key-file.ts'

/** The name of the key that signs evidence packages. */
const exportKeyName = 'whodid/export'

/**
 * Returns the key that signs evidence packages, `export.skey` in the directory of keys. Makes it (0600) where there is none. Throws
 * `invalid_config` for a damaged key.
 */
export async function loadOrCreateExportKey(
  keysDir: string,
  wrapping: KeyWrapping,
): Promise<NoteSigner> {
  const path = join(keysDir, 'export.skey')
  // A crash before the key is durable leaves none, or a draft that nobody reads; nothing has been signed with it.
  const skey = await loadOrCreateKey(systemFiles, path, {
    make: () => generateNoteKey(exportKeyName, 'note').skey,
    wrapping,
  })
  return asInvalid(`"${path}" expected a signing key`, () => parseSkey(skey.trim()))
}
