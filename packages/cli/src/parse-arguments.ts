import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { printableLine, WhodidError } from '@whodid/model'

/** The options of a command, as `node:util` describes them. */
export type OptionTable = NonNullable<ParseArgsConfig['options']>

/** The arguments as typed: flags and values by name, and the rest in order. */
export interface ParsedArguments {
  readonly flag: (name: string) => boolean
  readonly value: (name: string) => string | undefined
  /** Every value of an option that may be repeated. */
  readonly values: (name: string) => readonly string[]
  readonly positionals: readonly string[]
  /** When it was typed, in milliseconds since 1970: what `24h` counts from. */
  readonly typedAtMs: number
}

const portMax = 65_535

/**
 * Parses a command's arguments. Throws `invalid_parameter` for an option that is unknown, repeated, or lacks its value, and
 * for more or fewer positionals than `positionals` allows.
 */
export function parseArguments(
  args: readonly string[],
  options: OptionTable,
  positionals: { readonly min: number; readonly max: number; readonly what: string },
): ParsedArguments {
  const parsed = parse(args, options)
  const count = parsed.positionals.length
  if (count < positionals.min || count > positionals.max)
    throw new WhodidError(
      'invalid_parameter',
      `expected ${positionals.what}; got ${count === 0 ? 'nothing' : `"${parsed.positionals.join(' ')}"`}`,
    )
  return parsed
}

/** The value of an option that a command cannot do without. Throws `invalid_parameter`. */
export function requiredValue(typed: ParsedArguments, name: string): string {
  const value = typed.value(name)
  if (value !== undefined && value !== '') return value
  throw new WhodidError('invalid_parameter', `"--${name}" expected a value; got nothing`)
}

/** A value that a command cannot do without; `what` completes "expected …". Throws `invalid_parameter`. */
export function required(value: string | undefined, what: string): string {
  if (value !== undefined && value !== '') return value
  throw new WhodidError('invalid_parameter', `expected ${what}; got nothing`)
}

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

function parse(args: readonly string[], options: OptionTable): ParsedArguments {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      tokens: true,
    })
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
    const repeated = names.find((name, index) => names.indexOf(name) !== index)
    if (repeated !== undefined && options[repeated]?.multiple !== true)
      throw new WhodidError('invalid_parameter', `--${repeated} expected once; got it twice`)
    return {
      flag: (name) => values[name] === true,
      value: (name) => {
        const value = values[name]
        return typeof value === 'string' ? value : undefined
      },
      values: (name) => {
        const value = values[name]
        return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
      },
      positionals,
      typedAtMs: Date.now(),
    }
  } catch (thrown) {
    if (thrown instanceof TypeError)
      throw new WhodidError('invalid_parameter', thrown.message, { cause: thrown })
    throw thrown
  }
}
