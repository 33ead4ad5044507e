import { createHash } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { WhodidError } from '@whodid/model'
import { readTextIfThere, syncDirectory, systemFiles, writeDurably } from '@whodid/tlog-posix'
import { originHashOf } from '../protocol/witness.ts'
import type { WitnessState } from '../protocol/witness.ts'

/** Most refused forks that are kept for each log. */
const conflictsMax = 32

/** Keeps a witness's state in files of `dir`, readable by their owner alone. */
export function fileState(dir: string): WitnessState {
  return {
    read: (originHash) => readTextIfThere(systemFiles, join(dir, originHash, 'checkpoint')),
    write: async (originHash, note) => {
      await makeDirectory(dir, originHash)
      await writeDurably(systemFiles, join(dir, originHash, 'checkpoint'), note)
    },
    keepConflict: async (originHash, evidence) => {
      const conflicts = join(originHash, 'conflicts')
      await makeDirectory(dir, originHash)
      await makeDirectory(dir, conflicts)
      const digest = createHash('sha256').update(evidence).digest('hex').slice(0, 32)
      const kept = await systemFiles.readdir(join(dir, conflicts))
      if (kept.includes(digest) || kept.length >= conflictsMax) return
      await writeDurably(systemFiles, join(dir, conflicts, digest), evidence)
    },
  }
}

/** Makes a directory below `dir` and syncs its entry: a directory that a crash removes would be a rolled-back state. */
async function makeDirectory(dir: string, name: string): Promise<void> {
  const made = await systemFiles.mkdir(join(dir, name), { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncDirectory(systemFiles, join(dir, name, '..'))
}

/**
 * Locks a witness's directory for this process: two witnesses on one state could each cosign a different fork of a log.
 * The lock is a name that the system releases when the process ends. Throws `invalid_config` when another process holds it.
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
