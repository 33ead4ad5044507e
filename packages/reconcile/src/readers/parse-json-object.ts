import { WhodidError } from '@whodid/model'
import { isObject } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'

/** Parses text as one object of JSON. Throws `invalid_body`. */
export function parseJsonObject(text: string): JsonObject {
  const value = parseJson(text)
  if (isObject(value)) return value
  throw new WhodidError('invalid_body', 'the line expected an object of JSON; got another value')
}

/** Parses text as JSON. Throws `invalid_body`. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new WhodidError('invalid_body', 'the line expected JSON; got something else', {
      cause: thrown,
    })
  }
}
