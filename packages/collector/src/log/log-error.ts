import { WhodidError } from '@whodid/model'

/** Turns the system's error into what a sender is told: `log_full` when the disk is, `log_failed` otherwise. */
export function logError(thrown: unknown): WhodidError {
  const code = errorCode(thrown)
  const isFull = isDiskFull(thrown)
  return new WhodidError(
    isFull ? 'log_full' : 'log_failed',
    `the log could not be written: ${isFull ? 'the disk is full' : 'the disk failed'} (${code})`,
    { cause: thrown },
  )
}

/** Whether the system said that a disk, or a quota on it, is full. */
function isDiskFull(thrown: unknown): boolean {
  const code = errorCode(thrown)
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function errorCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
}
