import type { Attributes, Value } from '../otlp/batch.ts'

/** Attributes that hold text, and those that do not. */
export interface SplitAttributes {
  readonly plain: Attributes
  readonly text: Attributes
}

/**
 * Splits attributes into those that stay in the record and text that is kept apart from it: the value of an attribute of a
 * known name (messages, prompts, arguments, results, bodies), and free text under any name, recognised by
 * white space, quotes, braces, or more than 256 characters. Numbers and flags are never text. No vocabulary has to be
 * known for its text to be kept apart; a name of one word under an unknown key is not found.
 */
export function splitText(attributes: Attributes): SplitAttributes {
  let text: Map<string, Value> | undefined
  for (const [key, value] of attributes)
    if (holdsText(value, isTextKey(key))) (text ??= new Map<string, Value>()).set(key, value)
  if (text === undefined) return { plain: attributes, text: none }
  const plain = new Map<string, Value>()
  for (const [key, value] of attributes) if (!text.has(key)) plain.set(key, value)
  return { plain, text }
}

const none: Attributes = new Map()

/** Text that names something: an ID, a model, a host, a path. */
const nameLike = /^[^\s"{}<>]{0,256}$/u

/** True when a value holds text; see {@link splitText}. */
function holdsText(value: Value, isOfTextKey: boolean): boolean {
  if (typeof value === 'string') return value !== '' && (isOfTextKey || !nameLike.test(value))
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Uint8Array) return isOfTextKey
  if (isMap(value)) {
    for (const [key, inner] of value)
      if (holdsText(inner, isOfTextKey || isTextKey(key))) return true
    return false
  }
  return value.some((element) => holdsText(element, isOfTextKey))
}

/** Keys of text, by their last word apart from an index. */
const textKey =
  /(?:^|[._])(?:prompt|completion|input|output|messages?|contents?|body|args|arguments|parameters|response|result|text|query|statement|instructions|reasoning|command|document|transcript|value|stacktrace)(?:\.\d{1,6})?$/iu

/** Keys that were read, each with the result. */
const keysKnown = new Map<string, boolean>()
const keysKnownMax = 4_096
const keyKnownLengthMax = 256

/** True when an attribute of this name holds text, whatever its value. */
export function isTextKey(key: string): boolean {
  const known = keysKnown.get(key)
  if (known !== undefined) return known
  const isText = textKey.test(key)
  if (keysKnown.size >= keysKnownMax) keysKnown.clear()
  if (key.length <= keyKnownLengthMax) keysKnown.set(key, isText)
  return isText
}

function isMap(value: readonly Value[] | Attributes): value is Attributes {
  return value instanceof Map
}
