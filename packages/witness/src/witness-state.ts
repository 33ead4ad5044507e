import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readTextIfThere, syncDirectory, systemFiles, writeDurably } from '@whodid/tlog-posix'

/** Most refused forks that are kept for each log. */
const conflictsMax = 32

/**
 * What a witness remembers: the newest checkpoint it cosigned, of each log, and forks it refused. Files in one directory:
 * `<SHA-256 of the origin>/checkpoint`, and beside it `conflicts/<digest>`. Owned by one witness, which locks the directory.
 */
export interface WitnessState {
  /** The note that was last written, or undefined if there never was one. */
  readonly read: (originHash: string) => Promise<string | undefined>
  /** Resolves when the note is durable. When it rejects, the next `read` says which of the two notes it is. */
  readonly write: (originHash: string, note: string) => Promise<void>
  /** Keeps what a log signed and could not prove, as evidence; at most 32 for each log, the first ones. */
  readonly keepConflict: (originHash: string, evidence: string) => Promise<void>
}

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

/** The name under which a witness keeps and serves a log: SHA-256 of its origin, in hexadecimal (C2SP tlog-witness). */
export function originHashOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex')
}

/** Makes a directory below `dir`, and its entry durable: a state that a crash removes would be a state rolled back. */
async function makeDirectory(dir: string, name: string): Promise<void> {
  const made = await systemFiles.mkdir(join(dir, name), { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncDirectory(systemFiles, join(dir, name, '..'))
}
