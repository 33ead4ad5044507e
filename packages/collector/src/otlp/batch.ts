/**
 * An attribute's value as both encodings give it: an integer is a bigint, a double a number, so that neither loses
 * anything. `null` is a value that was sent empty.
 */
export type Value =
  null | string | boolean | bigint | number | Uint8Array | readonly Value[] | Attributes

/** Attributes in the order they came. Of a key that came twice the first value stands. */
export type Attributes = ReadonlyMap<string, Value>

export interface OtlpResource {
  readonly attributes: Attributes
  readonly droppedCount: number
}

export interface OtlpScope {
  readonly name: string
  readonly version: string
  readonly attributes: Attributes
  readonly droppedCount: number
}

export interface OtlpEvent {
  readonly timeUnixNs: bigint
  readonly name: string
  readonly attributes: Attributes
  readonly droppedCount: number
}

export interface OtlpLink {
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly traceState: string
  readonly attributes: Attributes
  readonly droppedCount: number
  readonly flags: number
}

/**
 * A span as it came. IDs are the lower-case hex of the bytes sent, of any length; times are unsigned 64-bit: nothing
 * here has been checked for sense.
 */
export interface OtlpSpan {
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly parentSpanIdHex: string
  readonly traceState: string
  readonly flags: number
  readonly name: string
  readonly kind: number
  readonly startUnixNs: bigint
  readonly endUnixNs: bigint
  readonly attributes: Attributes
  /** Attributes, events and links that the emitter reports as dropped, and those left out here: a repeated key, a malformed value. */
  readonly droppedCount: number
  readonly events: readonly OtlpEvent[]
  readonly links: readonly OtlpLink[]
  readonly statusCode: number
  readonly statusMessage: string
}

/** A log record as it came; see {@link OtlpSpan}. */
export interface OtlpLogRecord {
  readonly traceIdHex: string
  readonly spanIdHex: string
  readonly flags: number
  readonly timeUnixNs: bigint
  readonly observedUnixNs: bigint
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: Value
  readonly attributes: Attributes
  readonly droppedCount: number
}

/** A resource and a scope, which their items share. */
export interface OtlpHead {
  readonly resource: OtlpResource
  readonly scope: OtlpScope
}

/**
 * Takes an item as bytes of protobuf, in place of its being decoded: it begins, with its length, at `place`. Returns the messages,
 * attributes and values in it; 0 when it takes it not.
 */
export type TakeItem = (bytes: Buffer, place: number, head: OtlpHead) => number

/** Items that share a resource and a scope, whole or to be read one at a time. */
export interface OtlpSource<Item> extends OtlpHead {
  readonly items: Iterable<Item>
}

/** The same with all its items. */
export interface OtlpGroup<Item> extends OtlpSource<Item> {
  readonly items: readonly Item[]
}

export type SpanBatch = readonly OtlpGroup<OtlpSpan>[]
export type LogBatch = readonly OtlpGroup<OtlpLogRecord>[]

const emptyAttributes: Attributes = new Map()
export const emptyResource: OtlpResource = { attributes: emptyAttributes, droppedCount: 0 }
export const emptyScope: OtlpScope = {
  name: '',
  version: '',
  attributes: emptyAttributes,
  droppedCount: 0,
}
