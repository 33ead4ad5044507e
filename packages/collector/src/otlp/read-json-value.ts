import type { Attributes, Value } from './batch.ts'
import type { DecodeBudget } from './decode-budget.ts'
import {
  arrayField,
  asObject,
  double,
  objectField,
  ownField,
  signed64,
  stringField,
  unexpected,
} from './json-fields.ts'
import type { JsonObject } from './json-fields.ts'

/**
 * Reads the list `attributes` of a message. `leftOutCount` counts what is not in the map: a key that had come before, and an
 * attribute that cannot be read.
 */
export function readJsonAttributes(
  from: JsonObject,
  budget: DecodeBudget,
): { map: Attributes; leftOutCount: number } {
  const map = new Map<string, Value>()
  let leftOutCount = 0
  const pairs = budget.attempt(() => arrayField(from, 'attributes'))
  if (pairs === undefined) return { map, leftOutCount: 1 }
  for (const pair of pairs)
    try {
      leftOutCount += readPair(pair, { map, budget, depth: 1 })
    } catch (thrown) {
      budget.leaveOut(thrown)
      leftOutCount += 1
    }
  return { map, leftOutCount }
}

/** Reads an `AnyValue`. One with none of the known fields is null. */
export function readJsonValue(value: JsonObject, budget: DecodeBudget, depth: number): Value {
  budget.take()
  budget.checkDepth(depth)
  for (const [name, read] of valueReaders) {
    const field = ownField(value, name)
    if (field !== undefined) return read(field, budget, depth)
  }
  return null
}

type ValueReader = (field: unknown, budget: DecodeBudget, depth: number) => Value

const valueReaders: readonly (readonly [string, ValueReader])[] = [
  ['stringValue', readString],
  ['boolValue', readBoolean],
  ['intValue', (field) => signed64(field, 'intValue')],
  ['doubleValue', (field) => double(field, 'doubleValue')],
  ['arrayValue', readArray],
  ['kvlistValue', readMap],
  ['bytesValue', readBytes],
]

function readString(field: unknown): string {
  if (typeof field !== 'string') throw unexpected('stringValue', 'a string', field)
  return field
}

function readBoolean(field: unknown): boolean {
  if (typeof field !== 'boolean') throw unexpected('boolValue', 'true or false', field)
  return field
}

function readArray(field: unknown, budget: DecodeBudget, depth: number): readonly Value[] {
  return arrayField(asObject(field, 'arrayValue'), 'values').map((element) =>
    readJsonValue(asObject(element ?? {}, 'values'), budget, depth + 1),
  )
}

function readMap(field: unknown, budget: DecodeBudget, depth: number): Attributes {
  const map = new Map<string, Value>()
  for (const pair of arrayField(asObject(field, 'kvlistValue'), 'values'))
    readPair(pair, { map, budget, depth: depth + 1 })
  return map
}

/** Base64, the standard or the URL alphabet, padded or not, as proto3 JSON allows. */
function readBytes(field: unknown): Uint8Array {
  if (typeof field !== 'string' || !/^[\w+/-]*={0,2}$/u.test(field))
    throw unexpected('bytesValue', 'base64', field)
  return Uint8Array.from(Buffer.from(field, 'base64'))
}

/** Reads one `KeyValue` into a map. Returns 1 when its key had come before and it is left out, else 0. */
function readPair(
  element: unknown,
  {
    map,
    budget,
    depth,
  }: {
    readonly map: Map<string, Value>
    readonly budget: DecodeBudget
    readonly depth: number
  },
): 0 | 1 {
  budget.take()
  const pair = asObject(element, 'attributes')
  const key = stringField(pair, 'key')
  const value = objectField(pair, 'value')
  if (map.has(key)) return 1
  map.set(key, value === undefined ? null : readJsonValue(value, budget, depth))
  return 0
}
