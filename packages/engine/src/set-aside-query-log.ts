import { access, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Sets the query log of the run before aside, to `<dataPath>/query_log_before`, and deletes the one that lay there.
 *
 * The embedded engine keeps no list of its `system` tables: after a stop it does not know `query_log` any more, and the
 * files it left keep it from making the table anew. What is set aside are the parts of a MergeTree table, which any
 * ClickHouse can attach; its `columns.txt` tells what is in them. Precondition: the lock on the data directory.
 */
export async function setAsideQueryLog(dataPath: string): Promise<void> {
  const left = join(dataPath, 'data', 'system', 'query_log')
  if (!(await isThere(left))) return
  const aside = join(dataPath, 'query_log_before')
  await rm(aside, { recursive: true, force: true })
  // A crash before this leaves the log where it was, and the next start sets it aside.
  await rename(left, aside)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
