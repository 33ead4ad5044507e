import { closeSync, openSync, readSync, watch, writeFileSync } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import type { SpanToSend } from '@whodid/hooks'
import { GitEventReader } from './read-git-events.ts'
import type { GitActor } from './read-git-events.ts'

/** Bytes of events that one run's hooks are read for, and bytes of one line. */
const eventBytesMax = 16 * 1024 * 1024
const lineBytesMax = 64 * 1024

/** The events of a run's git hooks, as they are written. */
export interface GitEvents {
  /** Reads what is there and stops. */
  readonly stop: () => Promise<void>
}

/** Follows the file that git hooks append to, and hands the acts of each event to `record`. */
export function followGitEvents(
  path: string,
  actor: GitActor,
  record: (spans: readonly SpanToSend[]) => void,
): GitEvents {
  writeFileSync(path, '', { mode: 0o600 })
  const reader = new GitEventReader(actor)
  let offset = 0
  let rest = ''
  let reading = Promise.resolve()
  const readOn = async (): Promise<void> => {
    for (const line of takeLines()) {
      const spans = await reader.read(line).catch(() => [])
      if (spans.length > 0) record(spans)
    }
  }
  const takeLines = (): string[] => {
    const bytes = readFrom(path, offset)
    offset += bytes.length
    const lines = (rest + bytes.toString('utf8')).split('\n')
    rest = (lines.pop() ?? '').slice(0, lineBytesMax)
    return lines
  }
  const look = (): void => void (reading = reading.then(readOn))
  const watcher = follow(path, look)
  return {
    stop: async () => {
      watcher?.close()
      look()
      await reading
    },
  }
}

function follow(path: string, look: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { persistent: false }, look)
    return watcher.on('error', () => watcher.close())
  } catch {
    // A file system that tells of no changes: the events are read at the end.
    return undefined
  }
}

function readFrom(path: string, offset: number): Buffer {
  const room = Math.min(eventBytesMax - offset, 1024 * 1024)
  if (room <= 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(room)
  try {
    const file = openSync(path, 'r')
    try {
      return bytes.subarray(0, readSync(file, bytes, 0, room, offset))
    } finally {
      closeSync(file)
    }
  } catch {
    return Buffer.alloc(0)
  }
}
