import { WhodidError } from '@whodid/model'

/** Causes behind an error that are looked at. */
const causesMax = 8

/**
 * What a start says that failed for want of room, wherever it did: `log_full`, with the directory. Any other failure is given
 * back as it is.
 */
export function fullDiskError(thrown: unknown, dataDir: string): unknown {
  if (thrown instanceof WhodidError && thrown.code === 'log_full') return thrown
  if (!causesOf(thrown).some(saysFull)) return thrown
  return new WhodidError(
    'log_full',
    `Whodid could not start: the disk that holds ${dataDir} is full; free some space and start again, nothing that was acknowledged is lost`,
    { cause: thrown },
  )
}

function causesOf(thrown: unknown): unknown[] {
  const causes: unknown[] = []
  let next: unknown = thrown
  while (next !== undefined && next !== null && causes.length < causesMax) {
    causes.push(next)
    next = next instanceof Error ? next.cause : undefined
  }
  return causes
}

/** Node's code, or ClickHouse's words in the end of its log. */
function saysFull(cause: unknown): boolean {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') return true
  const words = cause instanceof Error ? cause.message : cause
  return typeof words === 'string' && /No space left on device|NOT_ENOUGH_SPACE/u.test(words)
}
