import { parseInstant, WhodidError } from '@whodid/model'

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>

/** True for an object of JSON. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns what stands at a path of keys; undefined where there is nothing. */
export function valueAt(from: unknown, ...path: readonly string[]): unknown {
  let value = from
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

/** Returns the text at a path, a number or a flag as text; '' where there is none. */
export function textAt(from: unknown, ...path: readonly string[]): string {
  const value = valueAt(from, ...path)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** Elements of a list that are looked at. */
const elementsMax = 1_000

/** Returns the list at a path, its first elements; [] where there is none. */
export function listAt(from: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(from, ...path)
  return Array.isArray(value) ? value.slice(0, elementsMax) : []
}

/** Returns the first text that is not ''. */
export function firstText(...texts: readonly string[]): string {
  return texts.find((text) => text !== '') ?? ''
}

/** Numbers of this size and more are milliseconds, microseconds, nanoseconds: in seconds they lie past the year 5000. */
const units: readonly (readonly [least: number, nanoseconds: bigint])[] = [
  [1e17, 1n],
  [1e14, 1_000n],
  [1e11, 1_000_000n],
]

/**
 * Reads a time: RFC 3339, a wall time of UTC without its zone, or a number since 1970 in the unit that its size shows. Throws
 * `invalid_time`.
 */
export function readTime(value: unknown, field: string): bigint {
  if (typeof value === 'number' && Number.isFinite(value)) {
    for (const [least, nanoseconds] of units)
      if (Math.abs(value) >= least) return BigInt(Math.round(value)) * nanoseconds
    return BigInt(Math.round(value * 1e6)) * 1_000n
  }
  const text = typeof value === 'string' ? value.trim() : ''
  if (/^-?\d{1,19}(?:\.\d{1,9})?$/u.test(text)) return readTime(Number(text), field)
  if (text === '') throw new WhodidError('invalid_time', `"${field}" expected a time; got none`)
  return parseInstant(withZone(text), field)
}

/** `+0000` and `+00` as RFC 3339 has them, and UTC where there is no zone. */
function withZone(text: string): string {
  const plain = text.replace(/ (?:UTC|GMT)$/u, 'Z').replace(/ (?=[+-]\d)/u, '')
  const long = plain.replace(/([+-]\d{2})(\d{2})$/u, '$1:$2')
  if (/\d[T ]\d{2}:\d{2}.*[+-]\d{2}$/u.test(long)) return `${long}:00`
  return /(?:[Zz]|[+-]\d{2}:\d{2})$/u.test(long) ? long : `${long}Z`
}
