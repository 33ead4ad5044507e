import { WhodidError } from '@whodid/model'
import protobuf from 'protobufjs/minimal.js'
import type { Reader } from 'protobufjs'

/** Wire types of protobuf that OTLP uses. */
export const varint = 0
export const fixed64 = 1
export const lengthDelimited = 2
export const fixed32 = 5

/** Takes one field off the reader and returns true, or returns false for a field it does not know. */
export type FieldReader = (field: number, wireType: number) => boolean

/** Levels of nested groups that skipping an unknown field may enter. */
const groupDepthMax = 32

export function openReader(bytes: Buffer): Reader {
  return protobuf.Reader.create(bytes)
}

/** Reads the fields of a message that ends where the reader's limit is. Unknown fields are skipped. */
export function readFields(reader: Reader, read: FieldReader): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = tag >>> 3
    const wireType = tag & 7
    if (field === 0) throw invalidWire('a field number above 0', '0')
    if (!read(field, wireType)) skipField(reader, wireType, 0)
  }
}

/** Reads a message inside a message; its length may not reach past its parent's end. */
export function readMessage(reader: Reader, read: FieldReader): void {
  const length = reader.uint32()
  const end = reader.pos + length
  const parentEnd = reader.len
  if (end > parentEnd)
    throw invalidWire(`a message of at most ${parentEnd - reader.pos} bytes`, `${length}`)
  reader.len = end
  readFields(reader, read)
  if (reader.pos !== end) throw invalidWire(`a message that ends at byte ${end}`, `${reader.pos}`)
  reader.len = parentEnd
}

/** Throws `invalid_body` unless a known field came with its own wire type. */
export function expectWire(name: string, expected: number, got: number): true {
  if (got !== expected) throw invalidWire(`wire type ${expected} for "${name}"`, `${got}`)
  return true
}

export function readHex(reader: Reader): string {
  return Buffer.from(reader.bytes()).toString('hex')
}

export function readUnsigned64(reader: Reader): bigint {
  const start = reader.pos
  // Moves past the eight bytes with the library's own bound check.
  reader.fixed32()
  reader.fixed32()
  const view = new DataView(reader.buf.buffer, reader.buf.byteOffset + start, 8)
  return view.getBigUint64(0, true)
}

/** A signed 64-bit varint. */
export function readSigned64(reader: Reader): bigint {
  let value = 0n
  for (let index = 0n; index < 10n; index += 1n) {
    if (reader.pos >= reader.len) throw invalidWire('a whole integer', 'the end of the message')
    const byte = reader.buf[reader.pos] ?? 0
    reader.pos += 1
    value |= BigInt(byte & 0x7f) << (7n * index)
    if (byte < 0x80) return BigInt.asIntN(64, value)
  }
  throw invalidWire('an integer of at most 10 bytes', 'more')
}

function skipField(reader: Reader, wireType: number, depth: number): void {
  if (wireType !== 3) {
    reader.skipType(wireType)
    return
  }
  if (depth >= groupDepthMax) throw invalidWire(`at most ${groupDepthMax} nested groups`, 'more')
  for (;;) {
    const inner = reader.uint32() & 7
    if (inner === 4) return
    skipField(reader, inner, depth + 1)
  }
}

function invalidWire(expected: string, got: string): WhodidError {
  return new WhodidError('invalid_body', `the protobuf body expected ${expected}; got ${got}`)
}
