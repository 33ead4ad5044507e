import type { Attributes, Value } from './batch.ts'
import type { WireReader } from './wire-reader.ts'

/** Attributes being read. */
export type AttributeMap = Map<string, Value>

const pairFields = [
  [0x0a, 'key'],
  [0x12, 'value'],
] as const
const listFields = [[0x0a, 'values']] as const
const valueFields = [
  [0x0a, 'string_value'],
  [0x10, 'bool_value'],
  [0x18, 'int_value'],
  [0x21, 'double_value'],
  [0x2a, 'array_value'],
  [0x32, 'kvlist_value'],
  [0x3a, 'bytes_value'],
] as const

/**
 * Reads one attribute, a `KeyValue`, into `map`: 1 key, 2 value. Returns 1 when it is left out, because its key had come before
 * or because it cannot be read; else 0.
 */
export function readAttribute(reader: WireReader, map: AttributeMap): 0 | 1 {
  reader.budget.take()
  const parentEnd = reader.enter()
  const { end } = reader
  let left: 0 | 1
  try {
    left = readFields(reader, map, 1)
  } catch (thrown) {
    left = reader.leaveOut(thrown, end)
  }
  reader.leave(parentEnd)
  return left
}

/** Reads a value that stands alone; undefined, and counted as left out, when it cannot be read. */
export function readLoneValue(reader: WireReader): Value | undefined {
  const parentEnd = reader.end
  const start = reader.pass()
  const end = reader.pos
  reader.pos = start
  try {
    return readValue(reader, 1)
  } catch (thrown) {
    reader.leaveOut(thrown, end)
    reader.leave(parentEnd)
    return undefined
  }
}

/** Reads an `AnyValue`, at `depth` levels within its attribute. A value with none of the known fields is null. */
function readValue(reader: WireReader, depth: number): Value {
  reader.budget.take()
  reader.budget.checkDepth(depth)
  const parentEnd = reader.enter()
  let value: Value = null
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) value = reader.string()
    else if (tag === 0x18) value = reader.int64()
    else if (tag === 0x10) value = reader.bool()
    else if (tag === 0x21) value = reader.double()
    else if (tag === 0x2a) value = readArray(reader, depth + 1)
    else if (tag === 0x32) value = readMap(reader, depth + 1)
    else if (tag === 0x3a) value = reader.data()
    else reader.skip(tag, valueFields)
  }
  reader.leave(parentEnd)
  return value
}

function readPair(reader: WireReader, map: AttributeMap, depth: number): 0 | 1 {
  reader.budget.take()
  const parentEnd = reader.enter()
  const left = readFields(reader, map, depth)
  reader.leave(parentEnd)
  return left
}

function readFields(reader: WireReader, map: AttributeMap, depth: number): 0 | 1 {
  let key = ''
  let value: Value = null
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) key = reader.string()
    else if (tag === 0x12) value = readValue(reader, depth)
    else reader.skip(tag, pairFields)
  }
  if (map.has(key)) return 1
  map.set(key, value)
  return 0
}

function readArray(reader: WireReader, depth: number): readonly Value[] {
  const values: Value[] = []
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) values.push(readValue(reader, depth))
    else reader.skip(tag, listFields)
  }
  reader.leave(parentEnd)
  return values
}

function readMap(reader: WireReader, depth: number): Attributes {
  const map: AttributeMap = new Map()
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) readPair(reader, map, depth)
    else reader.skip(tag, listFields)
  }
  reader.leave(parentEnd)
  return map
}
