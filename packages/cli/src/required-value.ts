import { WhodidError } from '@whodid/model'
import type { ParsedArguments } from './parse-arguments.ts'

/** The value of an option that a command cannot do without. Throws `invalid_parameter`. */
export function requiredValue(typed: ParsedArguments, name: string): string {
  const value = typed.value(name)
  if (value !== undefined && value !== '') return value
  throw new WhodidError('invalid_parameter', `"--${name}" expected a value; got nothing`)
}
