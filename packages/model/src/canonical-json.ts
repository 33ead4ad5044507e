/** Deepest nesting that is written out; deeper values become `"[too deep]"`. */
const depthMax = 64
/** Most values that are written out; the rest becomes `"[too large]"`, so that a socket or a graph cannot stall its caller. */
const valuesMax = 100_000

interface Walk {
  readonly ancestors: Set<object>
  valuesLeft: number
}

/**
 * Writes any value as canonical JSON: keys sorted by UTF-16 code unit, no white space, numbers and strings as RFC 8785
 * has them. Two values that are the same in JSON give the same text, so that their hashes are equal.
 *
 * Never throws. Values that JSON does not have are written so that they stay distinct: a bigint as its digits in a string,
 * a Date as RFC 3339, bytes as `{"$base64":…}`, a Map as pairs, a Set as a list, an Error as its name and message, a
 * cycle as `"[cycle]"`, a property that throws as `"[unreadable]"`. `undefined`, functions and symbols are left out of
 * objects and become `null` elsewhere, as do NaN and infinities. Beyond 64 levels or 100,000 values a marker stands for the rest.
 */
export function canonicalJson(value: unknown): string {
  return write(value, { ancestors: new Set(), valuesLeft: valuesMax }) ?? 'null'
}

function write(value: unknown, walk: Walk): string | undefined {
  walk.valuesLeft -= 1
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return `"${value}"`
    case 'object':
      return value === null ? 'null' : writeObject(value, walk)
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
  }
}

function writeObject(value: object, walk: Walk): string | undefined {
  if (walk.ancestors.has(value)) return '"[cycle]"'
  if (walk.ancestors.size >= depthMax) return '"[too deep]"'
  if (walk.valuesLeft <= 0) return '"[too large]"'
  walk.ancestors.add(value)
  try {
    return writeKind(value, walk)
  } catch {
    // A hostile proxy, a revoked one or a throwing toJSON: the place is marked, the rest of the value is kept.
    return '"[unreadable]"'
  } finally {
    walk.ancestors.delete(value)
  }
}

function writeKind(value: object, walk: Walk): string | undefined {
  if (Array.isArray(value)) return writeList(value, walk)
  if (value instanceof Uint8Array)
    return `{"$base64":"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"}`
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? 'null' : JSON.stringify(value.toISOString())
  if (value instanceof Map) return writeList([...value], walk)
  if (value instanceof Set) return writeList([...value], walk)
  if (value instanceof RegExp) return JSON.stringify(String(value))
  if (value instanceof Error)
    return writeKeys({ name: value.name, message: value.message }, ['message', 'name'], walk)
  if (value instanceof String || value instanceof Number || value instanceof Boolean)
    return write(value.valueOf(), walk)
  if (hasToJson(value)) {
    const made = value.toJSON()
    return made === value ? writeKeys(value, Object.keys(value), walk) : write(made, walk)
  }
  return writeKeys(value, Object.keys(value), walk)
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

function writeList(values: readonly unknown[], walk: Walk): string {
  const parts: string[] = []
  for (const value of values) {
    if (walk.valuesLeft <= 0) {
      parts.push('"[too large]"')
      break
    }
    parts.push(write(value, walk) ?? 'null')
  }
  return `[${parts.join(',')}]`
}

function writeKeys(value: object, keys: string[], walk: Walk): string {
  const parts: string[] = []
  for (const key of keys.toSorted(byCodeUnit)) {
    if (walk.valuesLeft <= 0) {
      parts.push('"[too large]":true')
      break
    }
    const text = write(read(value, key), walk)
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${parts.join(',')}}`
}

function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key)
  } catch {
    return '[unreadable]'
  }
}

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
