import { emptyResource, emptyScope } from './batch.ts'
import type { OtlpHead, OtlpLogRecord, OtlpResource, OtlpScope } from './batch.ts'
import type { OtlpSource, OtlpSpan, TakeItem } from './batch.ts'
import type { DecodeBudget } from './decode-budget.ts'
import { readAttribute } from './read-attributes.ts'
import type { AttributeMap } from './read-attributes.ts'
import { readLogRecord } from './read-log-record.ts'
import { readSpan } from './read-span.ts'
import { WireReader } from './wire-reader.ts'

/*
 * One function a message of opentelemetry-proto 1.11 (trace.proto, logs.proto, resource.proto, common.proto). A case is
 * a tag: field number << 3 | wire type. The wire type counts, because a field of the wrong one means that framing is
 * lost: `skip` refuses a tag of a known field that no case took.
 */

/**
 * Decodes an `ExportTraceServiceRequest`: resources and scopes at once, and each span when it is asked for, once, so that
 * no more than one needs to stand in memory. Throws `invalid_body` or `body_too_large` at that moment. Its items are
 * unchecked.
 */
export function decodeSpansProtobuf(
  bytes: Buffer,
  budget: DecodeBudget,
  take?: TakeItem,
): OtlpSource<OtlpSpan>[] {
  return decodeGroups(new WireReader(bytes, budget), {
    readItem: readSpan,
    itemName: 'spans',
    take,
  })
}

/** Decodes an `ExportLogsServiceRequest`; as {@link decodeSpansProtobuf}. */
export function decodeLogsProtobuf(
  bytes: Buffer,
  budget: DecodeBudget,
): OtlpSource<OtlpLogRecord>[] {
  return decodeGroups(new WireReader(bytes, budget), {
    readItem: readLogRecord,
    itemName: 'log_records',
  })
}

interface Shape<Item> {
  readonly readItem: (reader: WireReader) => Item
  readonly itemName: string
  readonly take?: TakeItem | undefined
}

function decodeGroups<Item>(reader: WireReader, shape: Shape<Item>): OtlpSource<Item>[] {
  const groups: OtlpSource<Item>[] = []
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) readResourceGroups(reader, shape, groups)
    else reader.skip(tag, [[0x0a, 'resource']])
  }
  return groups
}

const resourceGroupFields = [
  [0x0a, 'resource'],
  [0x12, 'scope'],
] as const

/** ResourceSpans and ResourceLogs: 1 resource, 2 scope_spans or scope_logs. The resource may come last. */
function readResourceGroups<Item>(
  reader: WireReader,
  shape: Shape<Item>,
  groups: OtlpSource<Item>[],
): void {
  let resource = emptyResource
  const scopes: ScopeGroup[] = []
  reader.budget.take()
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) resource = readResource(reader)
    else if (tag === 0x12) scopes.push(readScopeGroup(reader, shape))
    else reader.skip(tag, resourceGroupFields)
  }
  reader.leave(parentEnd)
  for (const { scope, places } of scopes) {
    const head = { resource, scope }
    groups.push({ ...head, items: readEach(reader, { ...shape, places, head }) })
  }
}

/** A scope, and where its items are. */
interface ScopeGroup {
  readonly scope: OtlpScope
  readonly places: readonly number[]
}

/** ScopeSpans and ScopeLogs: 1 scope, 2 spans or log_records. */
function readScopeGroup<Item>(reader: WireReader, shape: Shape<Item>): ScopeGroup {
  const fields = [
    [0x0a, 'scope'],
    [0x12, shape.itemName],
  ] as const
  let scope = emptyScope
  // The scope may come last, and the resource behind it: where the items are is noted, and they are read afterwards.
  const places: number[] = []
  reader.budget.take()
  const parentEnd = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.uint32()
    if (tag === 0x0a) scope = readScope(reader)
    else if (tag === 0x12) places.push(reader.pass())
    else reader.skip(tag, fields)
  }
  reader.leave(parentEnd)
  return { scope, places }
}

function* readEach<Item>(
  reader: WireReader,
  {
    places,
    head,
    readItem,
    take,
  }: Shape<Item> & Pick<ScopeGroup, 'places'> & { readonly head: OtlpHead },
): Generator<Item, void> {
  for (const place of places) {
    const taken = take?.(reader.bytes, place, head) ?? 0
    if (taken > 0) {
      reader.budget.take(taken)
      continue
    }
    const item = readOne(reader, place, readItem)
    if (item !== undefined) yield item
  }
}

/** Undefined, and counted, when it cannot be read: its length says where the next one is all the same. */
function readOne<Item>(
  reader: WireReader,
  place: number,
  readItem: Shape<Item>['readItem'],
): Item | undefined {
  reader.goTo(place)
  try {
    return readItem(reader)
  } catch (thrown) {
    reader.budget.refuse(thrown)
    return undefined
  }
}

const resourceFields = [
  [0x0a, 'attributes'],
  [0x10, 'dropped_attributes_count'],
] as const

function readResource(reader: WireReader): OtlpResource {
  const attributes: AttributeMap = new Map()
  let dropped = 0
  let leftOut = 0
  reader.budget.take()
  const parentEnd = reader.enter()
  const { end } = reader
  try {
    while (reader.pos < reader.end) {
      const tag = reader.uint32()
      if (tag === 0x0a) leftOut += readAttribute(reader, attributes)
      else if (tag === 0x10) dropped = reader.uint32()
      else reader.skip(tag, resourceFields)
    }
  } catch (thrown) {
    leftOut += reader.leaveOut(thrown, end)
  }
  reader.leave(parentEnd)
  return { attributes, droppedCount: dropped + leftOut }
}

const scopeFields = [
  [0x0a, 'name'],
  [0x12, 'version'],
  [0x1a, 'attributes'],
  [0x20, 'dropped_attributes_count'],
] as const

function readScope(reader: WireReader): OtlpScope {
  const attributes: AttributeMap = new Map()
  let name = ''
  let version = ''
  let dropped = 0
  let leftOut = 0
  reader.budget.take()
  const parentEnd = reader.enter()
  const { end } = reader
  try {
    while (reader.pos < reader.end) {
      const tag = reader.uint32()
      if (tag === 0x0a) name = reader.string()
      else if (tag === 0x12) version = reader.string()
      else if (tag === 0x1a) leftOut += readAttribute(reader, attributes)
      else if (tag === 0x20) dropped = reader.uint32()
      else reader.skip(tag, scopeFields)
    }
  } catch (thrown) {
    leftOut += reader.leaveOut(thrown, end)
  }
  reader.leave(parentEnd)
  return { name, version, attributes, droppedCount: dropped + leftOut }
}
