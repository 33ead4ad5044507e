import { unwatchFile, watchFile } from 'node:fs'
import type { Stats } from 'node:fs'
import { entriesPath, readEntries } from '../entry-file.ts'
import type { EntryKind } from '../entry-file.ts'
import type { Starting } from './starting.ts'

/** Milliseconds between two looks at the file: polled, because that works on every file system and costs one `stat`. */
const lookMs = 500

/**
 * Reads the entries and hands them over, now and whenever their file changes. A file that becomes unusable changes nothing:
 * who was let in stays in, and a warning says why. Throws `invalid_config` when it is unusable now.
 */
export async function followEntries<Entry>(
  { config, onEvent, stops }: Starting,
  kind: EntryKind<Entry>,
  take: (entries: readonly Entry[]) => void,
): Promise<void> {
  const path = entriesPath(config.dataDir, kind)
  let looks = Promise.resolve()
  const look = async (): Promise<void> => {
    try {
      const entries = await readEntries(config.dataDir, kind)
      take(entries)
      onEvent({ event: 'access_changed', what: kind.list, count: entries.length })
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown failure'
      onEvent({ event: 'warning', message: `the ${kind.list} stay as they were: ${why}` })
    }
  }
  // Watched before it is read: a change between the two is read twice rather than missed.
  const listener = (now: Stats, before: Stats): void => {
    // Node tells once of a file that is not there, which is no change.
    if (now.ino !== 0 || before.ino !== 0) looks = looks.then(look)
  }
  watchFile(path, { interval: lookMs, persistent: false }, listener)
  stops.push(async () => {
    unwatchFile(path, listener)
    await looks
  })
  take(await readEntries(config.dataDir, kind))
}
