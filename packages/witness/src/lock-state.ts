import { mkdir, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { WhodidError } from '@whodid/model'
import { originHashOf } from './witness-state.ts'

/**
 * Holds a witness's directory for this process alone: two witnesses on one state could each cosign another future of a log.
 * The lock is a name that the system forgets with the process. Throws `invalid_config` when another process holds it.
 *
 * Does NOT hold across machines or containers that share a disk, nor on systems without such names (macOS).
 */
export async function lockState(dir: string): Promise<() => Promise<void>> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const digest = originHashOf(await realpath(dir)).slice(0, 32)
  const name = lockName(`whodid-witness-${digest}`)
  if (name === undefined) return () => Promise.resolve()
  const server = createServer((socket) => socket.destroy()).unref()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ path: name }, resolve)
    })
  } catch (cause) {
    throw new WhodidError(
      'invalid_config',
      `the state directory expected one that no other witness uses; "${dir}" is in use`,
      { cause },
    )
  }
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function lockName(name: string): string | undefined {
  // The abstract namespace of Linux: no file, gone with the process.
  if (process.platform === 'linux') return `\0${name}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : undefined
}
