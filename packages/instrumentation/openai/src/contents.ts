/** Items of one request or answer that are looked at, the newest first. */
const itemsMax = 10_000

/** The value of JSON; the text itself where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Cut off by the model's limit of tokens, or a tool's free text.
    return text
  }
}

/** The text of a message's content, in the form of either API. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return listOf(content)
    .map((part) => textOf(member(part, 'text')))
    .join('')
}

/** The error that the service reports; undefined where there is none. */
export function errorOf(reported: unknown): Error | undefined {
  if (typeof reported !== 'object' || reported === null) return undefined
  const error = new Error(textOf(member(reported, 'message')))
  error.name = textOf(member(reported, 'type')) || textOf(member(reported, 'code')) || 'APIError'
  return error
}

/** A member of what may be an object; undefined otherwise. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The text that a value is; '' otherwise. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The items of a list, the newest that are looked at; none of another value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(-itemsMax) : []
}

/** A number under a name, where it is one. */
export function count<K extends string>(name: K, value: unknown): Partial<Record<K, number>> {
  // One member under the name that the caller gave.
  return (typeof value === 'number' ? { [name]: value } : {}) as Partial<Record<K, number>>
}
