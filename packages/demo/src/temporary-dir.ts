import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory that goes when its maker does. */
export interface TemporaryDir {
  readonly path: string
  /** Removes it with all that is in it. May be called twice. */
  readonly remove: () => Promise<void>
}

const retries = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const

/**
 * Makes a directory below the system's temporary one. It is removed also when this process exits without calling `remove`, as
 * at a second ^C or a closed pipe; a killed process leaves it.
 */
export async function createTemporaryDir(prefix: string): Promise<TemporaryDir> {
  const path = await mkdtemp(join(tmpdir(), prefix))
  const removeAtExit = (): void => {
    try {
      rmSync(path, retries)
    } catch {
      // Somebody still writes there; the system clears its temporary directory in time.
    }
  }
  process.once('exit', removeAtExit)
  return {
    path,
    remove: async () => {
      await rm(path, retries)
      process.off('exit', removeAtExit)
    },
  }
}
