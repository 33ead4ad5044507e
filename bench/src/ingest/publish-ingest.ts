import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawLoad } from './draw-load.ts'
import { withIngestTable } from './ingest-table.ts'
import type { IngestRun } from './ingest-table.ts'

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url))

/** Writes the tables and the plot of a whole run into docs/, over those that are there. */
export async function publishIngest(run: Omit<IngestRun, 'version'>): Promise<void> {
  await mkdir(join(docs, 'performance'), { recursive: true })
  await writeFile(join(docs, 'performance', 'ingest-load.svg'), drawLoad(run.swept))
  const page = join(docs, 'PERFORMANCE.md')
  const text = await readFile(page, 'utf8')
  await writeFile(page, withIngestTable(text, { ...run, version: describeVersion() }))
}

/** The commit, marked when something in it was changed; "unknown" outside of a clone. */
function describeVersion(): string {
  try {
    const told = execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: docs,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return told.trim()
  } catch {
    // No git, or no clone: the figures stand all the same.
    return 'unknown'
  }
}
