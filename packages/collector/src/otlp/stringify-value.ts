import type { Value } from './batch.ts'

/**
 * Writes a value as JSON, keys in the order they came. An integer keeps all its digits, bytes are base64, and a double
 * that JSON lacks is its name as a string.
 */
export function stringifyValue(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number')
    return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value))
  // JSON.stringify escapes a lone surrogate, which the store could not hold and readers would turn back into one.
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (isList(value)) return `[${value.map(stringifyValue).join(',')}]`
  const pairs: string[] = []
  for (const [key, inner] of value)
    pairs.push(`${JSON.stringify(key.toWellFormed())}:${stringifyValue(inner)}`)
  return `{${pairs.join(',')}}`
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value)
}
