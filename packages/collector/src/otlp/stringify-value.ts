import type { Value } from './batch.ts'

/**
 * Writes a value as JSON, keys in the order they came. An integer keeps all its digits, and a double that JSON lacks is its name
 * as a string. Bytes are an object of one member, `{"bytesValue":"<base64>"}`: a text that looks like base64 is another value. A map
 * that would be read as bytes, or as such a wrapped map, is `{"kvlistValue":<itself>}`.
 */
export function stringifyValue(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number')
    return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value))
  if (typeof value === 'string') return quoteText(value)
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array)
    return `{"${bytesKey}":"${Buffer.from(value).toString('base64')}"}`
  if (isList(value)) return `[${value.map(stringifyValue).join(',')}]`
  const pairs: string[] = []
  for (const [key, inner] of value) pairs.push(`${quoteText(key)}:${stringifyValue(inner)}`)
  const map = `{${pairs.join(',')}}`
  return value.size === 1 && (value.has(bytesKey) || value.has(mapKey))
    ? `{"${mapKey}":${map}}`
    : map
}

/** As OTLP/JSON calls them. */
const bytesKey = 'bytesValue'
const mapKey = 'kvlistValue'

/** Text that JSON takes as it stands, short enough for a look at each unit to be cheaper than the general way. */
const plainText = /^[ !#-[\]-~]{0,96}$/u

/** A text as a JSON string. A lone surrogate becomes U+FFFD. */
export function quoteText(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  // JSON.stringify escapes a lone surrogate, which the store could not hold and readers would turn back into one.
  return JSON.stringify(text.toWellFormed())
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value)
}
