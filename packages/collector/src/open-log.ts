import type { Appender } from '@whodid/store'
import type { CollectorMeter } from './collector-meter.ts'
import type { Exporter } from './exporter.ts'
import { lockDirectory } from './log/lock-directory.ts'
import type { Unlock } from './log/lock-directory.ts'
import type { SealedSegment } from './log/segment-writer.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { replayEntry } from './quarantine/replay-entry.ts'
import { openSealedLog } from './seal/open-sealed-log.ts'
import type { SealedLog } from './seal/open-sealed-log.ts'
import type { SealedLogParts } from './seal/seal-options.ts'
import { SegmentStorer } from './segment-storer.ts'

/** What the log, its sealer and its storer work with. */
export interface LogParts extends Omit<SealedLogParts, 'onSealed' | 'onProblem'> {
  readonly appender: Pick<Appender, 'append'>
  readonly keys: Parameters<typeof replayEntry>[1]['keys']
  readonly random: () => number
  readonly exporterNamed: (name: string) => Exporter | undefined
  readonly meter: CollectorMeter
}

/** An open log, what seals it and what carries it to ClickHouse, and the lock on its directory. */
export interface OpenLog extends Pick<SealedLog, 'log' | 'sealer'> {
  readonly storer: SegmentStorer
  readonly quarantine: Quarantine
  readonly unlock: Unlock
}

/** Opens the log and sets its storer to work, beginning with what earlier runs could not store. */
export async function openLog(parts: LogParts): Promise<OpenLog> {
  const { dir, files, limits, meter } = parts
  const unlock = await lockDirectory(dir)
  const onProblem = (message: string): void => meter.problem('log_problem', message)
  const onFailure = async (thrown: unknown): Promise<never> => {
    await unlock()
    throw thrown
  }
  // What is sealed before the storer is there waits for it.
  let take: (segment: SealedSegment) => void = (segment) => early.push(segment)
  const early: SealedSegment[] = []
  const onSealed = (segment: SealedSegment): void => take(segment)
  const opened = await openSealedLog({ ...parts, onSealed, onProblem }).catch(onFailure)
  const { log, sealed, kept, sealer, tellLost } = opened
  const quarantine = await Quarantine.open({
    logDir: dir,
    files,
    limits,
    onProblem,
    replay: (entry) => replayEntry(entry, { ...parts, log }, parts.exporterNamed),
    onReplayed: (spanCount) => meter.replayed(spanCount),
  }).catch(onFailure)
  const storer = new SegmentStorer({
    ...parts,
    kept,
    onProblem,
    logIdHex: log.logIdHex,
    isSealed: (end) => sealer?.isSealed(end) ?? true,
    onLost: (lost) => {
      void tellLost(lost).catch((thrown: unknown) => onProblem(String(thrown)))
    },
    onStored: (segment, inserted) => {
      log.release(segment)
      meter.stored(inserted, performance.now() - segment.openedMs)
    },
    onRetry: (error) => meter.retried(error),
  })
  take = (segment) => storer.take(segment)
  for (const segment of [...sealed, ...early]) storer.take(segment)
  return { log, sealer, storer, quarantine, unlock }
}
