import { WhodidError } from '@whodid/model'

/** Nested causes of an error that are examined. */
const causesMax = 8

/**
 * Returns `log_full`, with the directory, for a start that failed because the disk is full, wherever it did. Returns any other failure
 * unchanged.
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

/** A part that listens, and the setting that moves it. */
export interface Listener {
  readonly what: string
  readonly variable: string
  readonly port: number
}

/** Returns `invalid_config`, with the port and the variable, for a failure to listen. Returns any other failure unchanged. */
export function listenError(thrown: unknown, listener: Listener): unknown {
  const causes = thrown instanceof Error ? [thrown, thrown.cause] : []
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process listens there',
    EACCES: 'this user may not listen there',
    EADDRNOTAVAIL: 'WHODID_HOST is no address of this machine',
    ENOTFOUND: 'WHODID_HOST is no address of this machine',
  }
  const reason = causes
    .map((cause) => reasons[codeOf(cause) ?? ''])
    .find((found) => found !== undefined)
  if (reason === undefined) return thrown
  const { what, variable, port } = listener
  return new WhodidError(
    'invalid_config',
    `the ${what} cannot listen on port ${port}: ${reason}; ${variable} sets another port`,
    { cause: thrown },
  )
}

function codeOf(thrown: unknown): string | undefined {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  return typeof code === 'string' ? code : undefined
}
