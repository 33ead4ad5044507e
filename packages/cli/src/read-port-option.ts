import { printableLine, WhodidError } from '@whodid/model'
import type { ParsedArguments } from './parse-arguments.ts'

/** The port in `--port`. Throws `invalid_parameter` for what is none, the empty text too. */
export function readPortOption(typed: ParsedArguments, fallback: number): number {
  const text = typed.value('port')
  if (text === undefined) return fallback
  const port = /^\d{1,5}$/u.test(text) ? Number(text) : Number.NaN
  if (port <= portMax) return port
  throw new WhodidError(
    'invalid_parameter',
    `--port expected a port from 0 to ${portMax}; got "${printableLine(text, 40)}"`,
  )
}

const portMax = 65_535
