import { scanText, textBits } from '@whodid/model'
import { isUtf8 } from 'node:buffer'
import { blankAttribute, nameLengthMax, valueTags } from './fast-attribute.ts'
import type { FastAttribute, Stretch } from './fast-attribute.ts'
import { slotCount, SpanKeys } from './span-keys.ts'
import type { SpanKey } from './span-keys.ts'
import { WireCursor } from './wire-cursor.ts'

/** Bytes of the longest span that is read fast: its JSON, six bytes for each, keeps within the bounds of a record's. */
const spanBytesMax = 40 * 1024

/** Attributes, and elements of one list, that are read fast. */
const attributesMax = 128
const listLengthMax = 64
const listElementBytesMax = 1024

/**
 * One span, read without an object or a string of its own: offsets into the request's bytes, written over by the next. Reads only
 * what a well-formed exporter sends: each field once, in the order of its message where the standard gives one, and nothing that the
 * general path would count, cut, refuse or look for a convention in.
 */
export class FastSpan extends WireCursor {
  traceId = 0
  spanId = 0
  /** −1 at a root. */
  parentSpanId = -1
  start = 0
  /** −1 when it is not stated. */
  end = -1
  kind = 0
  statusCode = 0
  flags = 0
  droppedCount = 0
  readonly name: Stretch = { start: 0, end: 0, bits: 0 }
  readonly statusMessage: Stretch = { start: 0, end: 0, bits: 0 }
  readonly attributes: readonly FastAttribute[]
  attributeCount = 0
  /** Messages, attributes and values, as the general path counts them. */
  elementCount = 0
  readonly #bySlot = new Int16Array(slotCount)
  readonly #keys = new SpanKeys()
  #number = 0
  #fields = 0

  constructor() {
    super()
    const { any } = this.#keys
    this.attributes = Array.from({ length: attributesMax }, () => blankAttribute(any))
  }

  /** The attribute in a slot; undefined when the span does not state it, or as ''. */
  at(slot: number): FastAttribute | undefined {
    const place = this.#bySlot[slot] ?? 0
    return place === 0 ? undefined : this.attributes[place - 1]
  }

  /** Reads the span whose length stands at `place`. Returns false for one that goes the general path. */
  read(bytes: Buffer, place: number): boolean {
    this.bytes = bytes
    this.pos = place
    const length = this.length()
    const end = this.pos + length
    if (length < 0 || length > spanBytesMax || end > bytes.length) return false
    this.#clear()
    while (this.pos < end) if (!this.#readField(end)) return false
    return this.pos === end && (this.#fields & required) === required
  }

  #clear(): void {
    this.parentSpanId = -1
    this.end = -1
    this.kind = 0
    this.statusCode = 0
    this.flags = 0
    this.droppedCount = 0
    this.#fields = 0
    this.attributeCount = 0
    this.elementCount = 1
    this.#bySlot.fill(0)
    setStretch(this.name, 0, 0)
    setStretch(this.statusMessage, 0, 0)
    this.#number += 1
  }

  #readField(end: number): boolean {
    const tag = this.length()
    if (tag === 0x4a) return this.#readAttribute(end)
    const field = 1 << (tag >>> 3)
    if ((this.#fields & field) !== 0 || tag < 0 || tag > 0x85) return false
    this.#fields |= field
    switch (tag) {
      case 0x0a:
        return (this.traceId = this.take(16, end)) >= 0 && !this.isZero(this.traceId, 16)
      case 0x12:
        return (this.spanId = this.take(8, end)) >= 0 && !this.isZero(this.spanId, 8)
      case 0x22:
        return this.#readParent(end)
      case 0x2a:
        return this.#readText(this.name, end)
      case 0x39:
        return (this.start = this.time(end)) >= 0 && !this.isZero(this.start, 8)
      case 0x41:
        return (this.end = this.time(end)) >= 0
      case 0x7a:
        return this.#readStatus(end)
      default:
        return this.#readNumber(tag, end)
    }
  }

  #readNumber(tag: number, end: number): boolean {
    if (tag === 0x85) {
      if (this.pos + 4 > end) return false
      this.flags = this.bytes.readUInt32LE(this.pos)
      this.pos += 4
      return true
    }
    const isCount = tag === 0x50 || tag === 0x60 || tag === 0x70
    if (!isCount && tag !== 0x30) return false
    const number = this.small(end)
    if (isCount) this.droppedCount += number
    else this.kind = number
    return number >= 0
  }

  #readParent(end: number): boolean {
    if (this.bytes[this.pos] === 0) {
      this.pos += 1
      return this.pos <= end
    }
    this.parentSpanId = this.take(8, end)
    return this.parentSpanId >= 0
  }

  #readStatus(end: number): boolean {
    const length = this.length()
    const statusEnd = this.pos + length
    if (length < 0 || statusEnd > end) return false
    let last = 0
    while (this.pos < statusEnd) {
      const tag = this.length()
      // Each once, in order.
      if (tag <= last) return false
      last = tag
      if (tag === 0x12) {
        if (!this.#readText(this.statusMessage, statusEnd)) return false
      } else if (tag === 0x18) {
        if ((this.statusCode = this.small(statusEnd)) < 0) return false
      } else return false
    }
    return this.pos === statusEnd
  }

  /** A key, then a value, and nothing else. */
  #readAttribute(end: number): boolean {
    const length = this.length()
    const pairEnd = this.pos + length
    const attribute = this.attributes[this.attributeCount]
    if (length < 0 || pairEnd > end || attribute === undefined) return false
    const key = this.#readKey(pairEnd)
    if (key === undefined || this.bytes[this.pos++] !== 0x12) return false
    attribute.key = key
    const valueLength = this.length()
    if (valueLength <= 0 || this.pos + valueLength !== pairEnd) return false
    this.elementCount += 2
    this.attributeCount += 1
    if (!this.#readValue(attribute, pairEnd)) return false
    const isStated = attribute.tag !== valueTags.text || attribute.end > attribute.start
    if (key.slot >= 0 && isStated) this.#bySlot[key.slot] = this.attributeCount
    return this.pos === pairEnd
  }

  /** The key, which no attribute before it has; undefined for one that is not fast. */
  #readKey(end: number): SpanKey | undefined {
    if (this.bytes[this.pos++] !== 0x0a) return undefined
    const length = this.length()
    const start = this.pos
    if (length <= 0 || start + length >= end) return undefined
    this.pos = start + length
    const key = this.#keys.find(this.bytes, start, this.pos)
    if (key === undefined || !key.isFast || key.lastSpan === this.#number) return undefined
    key.lastSpan = this.#number
    return key
  }

  #readValue(value: FastAttribute, end: number): boolean {
    const tag = this.bytes[this.pos++] ?? 0
    value.tag = tag
    value.bits = 0
    switch (tag) {
      case valueTags.text:
        return this.#readText(value, end)
      case valueTags.bool:
        value.number = this.small(end)
        return value.number === 0 || value.number === 1
      case valueTags.int:
        value.number = this.varInt()
        return value.number >= 0
      case valueTags.double:
        value.start = this.pos
        this.pos += 8
        return this.pos <= end
      case valueTags.list:
        return this.#readList(value, end)
      default:
        return false
    }
  }

  /** A list of texts. Its bits are those of all its texts. */
  #readList(list: FastAttribute, end: number): boolean {
    const length = this.length()
    if (length < 0 || this.pos + length !== end) return false
    list.start = this.pos
    list.end = end
    let bits = 0
    let count = 0
    while (this.pos < end) {
      if (this.bytes[this.pos++] !== 0x0a || (count += 1) > listLengthMax) return false
      const elementEnd = this.length() + this.pos
      if (elementEnd > end || this.bytes[this.pos++] !== valueTags.text) return false
      if (!this.#readText(element, elementEnd) || this.pos !== elementEnd) return false
      bits |= element.bits
      if (element.end - element.start > listElementBytesMax) return false
      if (element.end - element.start > nameLengthMax) bits |= textBits.unlikeName
    }
    this.elementCount += count
    list.bits = bits
    list.number = count
    return true
  }

  #readText(text: Stretch, end: number): boolean {
    const length = this.length()
    const start = this.pos
    if (length < 0 || start + length > end) return false
    this.pos = start + length
    setStretch(text, start, this.pos)
    text.bits = scanText(this.bytes, start, this.pos)
    return (text.bits & textBits.beyondAscii) === 0 || isUtf8(this.bytes.subarray(start, this.pos))
  }
}

/** Trace ID, span ID and time of start. */
const required = (1 << 1) | (1 << 2) | (1 << 7)

const element: Stretch = { start: 0, end: 0, bits: 0 }

function setStretch(stretch: Stretch, start: number, end: number): void {
  stretch.start = start
  stretch.end = end
  stretch.bits = 0
}
