import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { WhodidError } from '@whodid/model'

/** The options of a command, as `node:util` describes them. */
export type OptionTable = NonNullable<ParseArgsConfig['options']>

/** What was typed: flags and values by name, and the rest in order. */
export interface ParsedArguments {
  readonly flag: (name: string) => boolean
  readonly value: (name: string) => string | undefined
  /** Every value of an option that may be repeated. */
  readonly values: (name: string) => readonly string[]
  readonly positionals: readonly string[]
  /** When it was typed, in milliseconds since 1970: what `24h` counts from. */
  readonly typedAtMs: number
}

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
