import { printableLine, WhodidError } from '@whodid/model'

type SchemaResult =
  | { readonly success: true }
  | {
      readonly success: false
      /** Which part of the request was checked. */
      readonly target?: string
      readonly error: {
        readonly issues: readonly {
          readonly path: readonly PropertyKey[]
          readonly message: string
        }[]
      }
    }

/**
 * The query parameters of a request, each of `known` at most once.
 *
 * A question that was mistyped must not be answered as another one, so this throws `invalid_parameter` for a parameter
 * that is unknown, repeated, empty, or not valid percent-encoded UTF-8.
 */
export function readParameters<Name extends string>(
  url: string,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const parameters: Partial<Record<Name, string>> = {}
  const queryStart = url.indexOf('?')
  const pairs = queryStart < 0 ? [] : url.slice(queryStart + 1).split('&')
  for (const pair of pairs.filter((text) => text !== '')) {
    const equals = pair.indexOf('=')
    const key = decode(equals < 0 ? pair : pair.slice(0, equals))
    const name = known.find((candidate) => candidate === key)
    if (name === undefined)
      throw invalid(
        `unknown parameter "${printableLine(key, 60)}"; expected ${known.length === 0 ? 'none' : known.join(', ')}`,
      )
    if (parameters[name] !== undefined) throw invalid(`"${name}" expected once; got it twice`)
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1))
    if (value === '') throw invalid(`"${name}" expected a value; got an empty one`)
    parameters[name] = value
  }
  return parameters
}

/**
 * For the `defaultHook` of the app: turns what a route's schema refused into `invalid_parameter`, naming the parameter, or
 * `invalid_body`, naming the field.
 */
export function invalidParameters(result: SchemaResult): void {
  if (result.success) return
  const issue = result.error.issues[0]
  const isBody = result.target === 'json'
  const field = String(issue?.path[0] ?? (isBody ? 'body' : 'query'))
  throw new WhodidError(
    isBody ? 'invalid_body' : 'invalid_parameter',
    `"${printableLine(field, 60)}" was not taken: ${printableLine(issue?.message ?? 'not valid')}`,
  )
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (thrown) {
    throw new WhodidError(
      'invalid_parameter',
      `the query expected percent-encoded UTF-8; got "${printableLine(text, 60)}"`,
      { cause: thrown },
    )
  }
}

function invalid(message: string): WhodidError {
  return new WhodidError('invalid_parameter', message)
}
