import { WhodidError } from '@whodid/model'

/** Turns the system's error into what a sender is told: `log_full` when the disk is, `log_failed` otherwise. */
export function logError(thrown: unknown): WhodidError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new WhodidError(
    isFull ? 'log_full' : 'log_failed',
    `the log could not be written: ${isFull ? 'the disk is full' : 'the disk failed'} (${code})`,
    { cause: thrown },
  )
}
