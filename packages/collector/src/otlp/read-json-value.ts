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

/** Reads the list `attributes` of a message. `repeatedCount` counts what was left out because its key had come before. */
export function readJsonAttributes(
  from: JsonObject,
  budget: DecodeBudget,
): { map: Attributes; repeatedCount: number } {
  return readPairs(arrayField(from, 'attributes'), budget, 1)
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
  return readPairs(arrayField(asObject(field, 'kvlistValue'), 'values'), budget, depth + 1).map
}

/** Base64, the standard or the URL alphabet, padded or not, as proto3 JSON allows. */
function readBytes(field: unknown): Uint8Array {
  if (typeof field !== 'string' || !/^[\w+/-]*={0,2}$/u.test(field))
    throw unexpected('bytesValue', 'base64', field)
  return Uint8Array.from(Buffer.from(field, 'base64'))
}

function readPairs(
  pairs: readonly unknown[],
  budget: DecodeBudget,
  depth: number,
): { map: Attributes; repeatedCount: number } {
  const map = new Map<string, Value>()
  let repeatedCount = 0
  for (const element of pairs) {
    budget.take()
    const pair = asObject(element, 'attributes')
    const key = stringField(pair, 'key')
    const value = objectField(pair, 'value')
    if (map.has(key)) repeatedCount += 1
    else map.set(key, value === undefined ? null : readJsonValue(value, budget, depth))
  }
  return { map, repeatedCount }
}
