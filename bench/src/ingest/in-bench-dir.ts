import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `body` with a directory of its own, which is gone afterwards with all that was stored in it. */
export async function inBenchDir<T>(body: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-bench-'))
  try {
    return await body(dataDir)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Makes a directory within it. */
export async function dirWithin(dataDir: string, name: string): Promise<string> {
  const made = join(dataDir, name)
  await mkdir(made)
  return made
}
