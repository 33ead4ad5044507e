import { WhodidError } from '@whodid/model'
import type { DecodeBudget } from './decode-budget.ts'
import { TextCache } from './text-cache.ts'

/** Wire types of protobuf. A field's tag is `number << 3 | wire type`. */
const varint = 0
const fixed64 = 1
const lengthDelimited = 2
const groupStart = 3
const groupEnd = 4
const fixed32 = 5

/** Levels of nested groups that skipping an unknown field may enter. */
const groupDepthMax = 32

/** Short texts that came lately, keys above all: the same bytes give the same string without being decoded again. */
const texts = new TextCache()

/**
 * Walks over the bytes of a protobuf message, once. `end` is where the message ends that is being read; nothing reads
 * past it. Throws `invalid_body`, nothing else.
 */
export class WireReader {
  readonly bytes: Buffer
  readonly budget: DecodeBudget
  readonly #view: DataView
  pos = 0
  end: number

  constructor(bytes: Buffer, budget: DecodeBudget) {
    this.bytes = bytes
    this.budget = budget
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.end = bytes.length
  }

  /** Enters a message inside the message and returns its parent's end, for {@link leave}. */
  enter(): number {
    const parentEnd = this.end
    const length = this.#length()
    this.end = this.pos + length
    return parentEnd
  }

  /** Precondition: the message has been read to its end. */
  leave(parentEnd: number): void {
    this.end = parentEnd
  }

  /** Goes to the end of a message that was entered and cannot be read, and counts it: 1. Throws any other failure. */
  leaveOut(thrown: unknown, end: number): 1 {
    this.budget.leaveOut(thrown)
    this.pos = end
    return 1
  }

  /** Passes over a message inside the message and returns its place, for {@link goTo}. */
  pass(): number {
    const start = this.pos
    this.#take(this.#length())
    return start
  }

  /** Goes back to a message that was passed, to enter it. */
  goTo(place: number): void {
    this.pos = place
    this.end = this.bytes.length
  }

  /** An integer of at most ten bytes, of which the low 32 bits stand. */
  uint32(): number {
    const { bytes, end } = this
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= end) throw invalidWire('a whole integer', 'the end of the message')
      const byte = bytes[this.pos++] ?? 0
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw invalidWire('an integer of at most 10 bytes', 'more')
  }

  int32(): number {
    return this.uint32() | 0
  }

  /** True when any of 64 bits is set. */
  bool(): boolean {
    return this.int64() !== 0n
  }

  int64(): bigint {
    const { bytes, pos, end } = this
    // Most are small: up to four bytes need no bigint but the last.
    let small = 0
    for (let index = 0; index < 4 && pos + index < end; index += 1) {
      const byte = bytes[pos + index] ?? 0
      small |= (byte & 0x7f) << (7 * index)
      if (byte >= 0x80) continue
      this.pos = pos + index + 1
      return BigInt(small)
    }
    return this.#longInt64()
  }

  fixed32(): number {
    const start = this.#take(4)
    return this.#view.getUint32(start, true)
  }

  fixed64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  /** UTF-8; a byte that is none becomes U+FFFD. */
  string(): string {
    const length = this.#length()
    const start = this.pos
    this.pos += length
    return texts.read(this.bytes, start, this.pos)
  }

  /** A copy. */
  data(): Uint8Array {
    const length = this.#length()
    const start = this.#take(length)
    return Uint8Array.from(this.bytes.subarray(start, start + length))
  }

  /** Bytes as lower-case hex. */
  hex(): string {
    const length = this.#length()
    const start = this.#take(length)
    return this.bytes.toString('hex', start, start + length)
  }

  /** Skips a field that nobody knows; one of `known` must have come with another wire type than its own. */
  skip(tag: number, known: readonly (readonly [number, string])[]): void {
    for (const [expected, name] of known)
      if (expected >>> 3 === tag >>> 3)
        throw invalidWire(`wire type ${expected & 7} for "${name}"`, `${tag & 7}`)
    if (tag >>> 3 === 0) throw invalidWire('a field number above 0', '0')
    this.#skipField(tag & 7, 0)
  }

  #longInt64(): bigint {
    let value = 0n
    for (let index = 0n; index < 10n; index += 1n) {
      if (this.pos >= this.end) throw invalidWire('a whole integer', 'the end of the message')
      const byte = this.bytes[this.pos++] ?? 0
      value |= BigInt(byte & 0x7f) << (7n * index)
      if (byte < 0x80) return BigInt.asIntN(64, value)
    }
    throw invalidWire('an integer of at most 10 bytes', 'more')
  }

  /** The length that stands in front of bytes, checked against the message's end. */
  #length(): number {
    const length = this.uint32()
    if (length > this.end - this.pos)
      throw invalidWire(`at most ${this.end - this.pos} bytes`, `${length}`)
    return length
  }

  #take(byteLength: number): number {
    const start = this.pos
    if (byteLength > this.end - start)
      throw invalidWire(`${byteLength} bytes`, `${this.end - start}`)
    this.pos = start + byteLength
    return start
  }

  #skipField(wireType: number, depth: number): void {
    if (wireType === varint) this.int64()
    else if (wireType === fixed64) this.#take(8)
    else if (wireType === lengthDelimited) this.#take(this.#length())
    else if (wireType === fixed32) this.#take(4)
    else if (wireType === groupStart) this.#skipGroup(depth)
    else throw invalidWire('a wire type from 0 to 5 that starts a field', `${wireType}`)
  }

  #skipGroup(depth: number): void {
    if (depth >= groupDepthMax) throw invalidWire(`at most ${groupDepthMax} nested groups`, 'more')
    for (;;) {
      const inner = this.uint32() & 7
      if (inner === groupEnd) return
      this.#skipField(inner, depth + 1)
    }
  }
}

function invalidWire(expected: string, got: string): WhodidError {
  return new WhodidError('invalid_body', `the protobuf body expected ${expected}; got ${got}`)
}
