import type { Reader } from 'protobufjs'
import type { Attributes, Value } from './batch.ts'
import type { DecodeBudget } from './decode-budget.ts'
import { expectWire, fixed64, lengthDelimited, readMessage, readSigned64, varint } from './wire.ts'

/** Gathers the `KeyValue`s of one message into a map; lives as long as that message is read. */
export class AttributeReader {
  readonly #reader: Reader
  readonly #budget: DecodeBudget
  readonly #map = new Map<string, Value>()
  #repeatedCount = 0

  constructor(reader: Reader, budget: DecodeBudget) {
    this.#reader = reader
    this.#budget = budget
  }

  get map(): Attributes {
    return this.#map
  }

  /** Attributes left out because their key had come before. */
  get repeatedCount(): number {
    return this.#repeatedCount
  }

  /** Reads one `KeyValue`: 1 key, 2 value. */
  read(wireType: number): true {
    expectWire('attributes', lengthDelimited, wireType)
    const { key, value } = this.#readPair(1)
    if (this.#map.has(key)) this.#repeatedCount += 1
    else this.#map.set(key, value)
    return true
  }

  /** Reads an `AnyValue`. A value with none of the known fields is null. */
  readValue(depth: number): Value {
    this.#budget.take()
    this.#budget.checkDepth(depth)
    const reader = this.#reader
    let value: Value = null
    const readers: Readonly<Record<number, [string, number, () => Value]>> = {
      1: ['string_value', lengthDelimited, () => reader.string()],
      2: ['bool_value', varint, () => reader.bool()],
      3: ['int_value', varint, () => readSigned64(reader)],
      4: ['double_value', fixed64, () => reader.double()],
      5: ['array_value', lengthDelimited, () => this.#readArray(depth + 1)],
      6: ['kvlist_value', lengthDelimited, () => this.#readMap(depth + 1)],
      7: ['bytes_value', lengthDelimited, () => Uint8Array.from(reader.bytes())],
    }
    readMessage(reader, (field, wire) => {
      const known = readers[field]
      if (known === undefined) return false
      const [name, expected, read] = known
      expectWire(name, expected, wire)
      value = read()
      return true
    })
    return value
  }

  #readPair(depth: number): { key: string; value: Value } {
    this.#budget.take()
    let key = ''
    let value: Value = null
    readMessage(this.#reader, (field, wire) => {
      if (field !== 1 && field !== 2) return false
      expectWire(field === 1 ? 'key' : 'value', lengthDelimited, wire)
      if (field === 1) key = this.#reader.string()
      else value = this.readValue(depth)
      return true
    })
    return { key, value }
  }

  #readArray(depth: number): readonly Value[] {
    const values: Value[] = []
    readMessage(this.#reader, (field, wire) => {
      if (field !== 1) return false
      expectWire('values', lengthDelimited, wire)
      values.push(this.readValue(depth))
      return true
    })
    return values
  }

  #readMap(depth: number): Attributes {
    const map = new Map<string, Value>()
    readMessage(this.#reader, (field, wire) => {
      if (field !== 1) return false
      expectWire('values', lengthDelimited, wire)
      const { key, value } = this.#readPair(depth)
      if (!map.has(key)) map.set(key, value)
      return true
    })
    return map
  }
}
