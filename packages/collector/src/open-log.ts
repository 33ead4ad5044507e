import type { Appender } from '@whodid/store'
import type { CollectorMeter } from './collector-meter.ts'
import type { Exporter } from './exporter.ts'
import type { CollectorLimits } from './limits.ts'
import { CommitLog } from './log/commit-log.ts'
import { lockDirectory } from './log/lock-directory.ts'
import type { Unlock } from './log/lock-directory.ts'
import type { LogFiles } from './log/log-files.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { replayEntry } from './quarantine/replay-entry.ts'
import { SegmentStorer } from './segment-storer.ts'

/** What the log and its storer work with. */
export interface LogParts {
  readonly dir: string
  readonly files: LogFiles
  readonly appender: Pick<Appender, 'append'>
  readonly random: () => number
  readonly exporters: readonly Exporter[]
  readonly nowUnixNs: () => bigint
  readonly limits: CollectorLimits
  readonly meter: CollectorMeter
}

/** An open log, what carries it to ClickHouse, and the lock on its directory. */
export interface OpenLog {
  readonly log: CommitLog
  readonly storer: SegmentStorer
  readonly quarantine: Quarantine
  readonly unlock: Unlock
}

/** Opens the log and sets its storer to work, beginning with what earlier runs could not store. */
export async function openLog(parts: LogParts): Promise<OpenLog> {
  const { dir, files, limits, meter } = parts
  const unlock = await lockDirectory(dir)
  const onProblem = (message: string): void => meter.problem('log_problem', message)
  const opening = CommitLog.open({
    dir,
    limits,
    nowMs: () => performance.now(),
    files,
    onSealed: (segment) => storer.take(segment),
    onProblem,
  })
  const onFailure = async (thrown: unknown): Promise<never> => {
    await unlock()
    throw thrown
  }
  const { log, sealed, kept } = await opening.catch(onFailure)
  const quarantine = await Quarantine.open({
    logDir: dir,
    files,
    limits,
    onProblem,
    replay: (entry) => replayEntry(entry, { ...parts, log }, parts.exporters),
    onReplayed: (spanCount) => meter.replayed(spanCount),
  }).catch(onFailure)
  const storer = new SegmentStorer({
    dir,
    files,
    limits,
    kept,
    onProblem,
    logIdHex: log.logIdHex,
    appender: parts.appender,
    random: parts.random,
    onStored: (segment, inserted) => {
      log.release(segment)
      meter.stored(inserted, performance.now() - segment.openedMs)
    },
    onRetry: (error) => meter.retried(error),
  })
  for (const segment of sealed) storer.take(segment)
  return { log, storer, quarantine, unlock }
}
