import { createHash } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { WhodidError } from '@whodid/model'

/** Gives the lock back. */
export type Unlock = () => Promise<void>

/**
 * Holds a directory for this process alone. Two writers of one log would each close the file that the other is writing, and lose
 * what was acknowledged in between. The lock is a name that the system forgets with the process, however it ends, so that
 * none is left behind by a crash. Throws `invalid_config` when another process holds it.
 *
 * Does NOT hold across machines or containers that share a disk, nor on systems without such names (macOS).
 */
export async function lockDirectory(dir: string): Promise<Unlock> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const digest = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex')
    .slice(0, 32)
  const name = lockName(digest)
  if (name === undefined) return () => Promise.resolve()
  const server = createServer((socket) => socket.destroy()).unref()
  try {
    await listen(server, name)
  } catch (thrown) {
    throw new WhodidError(
      'invalid_config',
      `the directory expected one process that uses it; "${dir}" is in use by another`,
      { cause: thrown },
    )
  }
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function lockName(digest: string): string | undefined {
  // The abstract namespace of Linux: no file, gone with the process.
  if (process.platform === 'linux') return `\0whodid-log-${digest}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\whodid-log-${digest}` : undefined
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path }, resolve)
  })
}
