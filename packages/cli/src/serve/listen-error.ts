import { WhodidError } from '@whodid/model'

/** A part that listens, and the variable that moves it. */
export interface Listener {
  readonly what: string
  readonly variable: string
  readonly port: number
}

/** Turns a failure to listen into `invalid_config` with the port and the variable; anything else stays as it is. */
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
