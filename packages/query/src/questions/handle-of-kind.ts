import { parseHandle, WhodidError } from '@whodid/model'
import type { HandleKind } from '@whodid/model'

/** The canonical ID of what `text` names, of a kind that is known. Throws `invalid_handle`, quoting the parameter `field`. */
export function parseHandleOfKind(kind: HandleKind, text: string, field: string = kind): string {
  try {
    return parseHandle(`${kind}:${text}`).value
  } catch (thrown) {
    if (!(thrown instanceof WhodidError)) throw thrown
    throw new WhodidError(thrown.code, thrown.message.replace('"of"', `"${field}"`), {
      cause: thrown,
    })
  }
}
