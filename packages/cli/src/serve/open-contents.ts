import { join } from 'node:path'
import { ContentKeys, createContentReader } from '@whodid/content'
import type { ContentReader } from '@whodid/content'
import type { ServiceConfig } from '../config.ts'

/** What encrypts text on its way in and opens it on its way out. */
export interface Contents {
  readonly keys: ContentKeys
  readonly contents: ContentReader
}

/** Opens the keys of subjects. Throws `invalid_config` when they are not whole. */
export async function openContents({ keysDir }: ServiceConfig): Promise<Contents> {
  const keys = await ContentKeys.open(join(keysDir, 'content'))
  return { keys, contents: createContentReader(keys, () => 0n) }
}
