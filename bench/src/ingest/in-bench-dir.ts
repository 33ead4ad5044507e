import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sweeper = fileURLToPath(new URL('./sweeper-process.js', import.meta.url))

/** Runs `body` with a directory of its own, which is gone afterwards with all that was stored in it, however the bench ends. */
export async function inBenchDir<T>(body: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'whodid-bench-'))
  // Detached: an interrupt from the terminal must not reach it. It waits for the end of this pipe, and so of the bench.
  const child = spawn(process.execPath, [sweeper, dataDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const swept = once(child, 'exit')
  try {
    return await body(dataDir)
  } finally {
    child.stdin.end()
    await swept
  }
}

/** Makes a directory within it. */
export async function dirWithin(dataDir: string, name: string): Promise<string> {
  const made = join(dataDir, name)
  await mkdir(made)
  return made
}
