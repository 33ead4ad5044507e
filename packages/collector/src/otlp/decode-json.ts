import { WhodidError } from '@whodid/model'
import { emptyResource, emptyScope } from './batch.ts'
import type {
  LogBatch,
  OtlpEvent,
  OtlpGroup,
  OtlpLink,
  OtlpLogRecord,
  OtlpResource,
  OtlpScope,
  OtlpSpan,
  SpanBatch,
} from './batch.ts'
import type { DecodeBudget } from './decode-budget.ts'
import {
  arrayField,
  asObject,
  integerField,
  objectField,
  stringField,
  unsigned64Field,
} from './json-fields.ts'
import type { JsonObject } from './json-fields.ts'
import { parseJson } from './parse-json.ts'
import { readJsonAttributes, readJsonValue } from './read-json-value.ts'

/**
 * Arrays and objects in a body: an attribute is two, and a plain one takes fifty bytes, so that this is more than a
 * body of the greatest size needs.
 */
const jsonContainersMax = 4_000_000

/**
 * Decodes an `ExportTraceServiceRequest` in OTLP/JSON: IDs in hex of either case, 64-bit integers as numbers or strings,
 * enums as integers, lowerCamelCase names only, unknown fields left out. Throws `invalid_body` or `body_too_large`.
 */
export function decodeSpansJson(bytes: Buffer, budget: DecodeBudget): SpanBatch {
  return decodeGroups(bytes, {
    resources: 'resourceSpans',
    scopes: 'scopeSpans',
    items: 'spans',
    budget,
    readItem: readSpan,
  })
}

/** Decodes an `ExportLogsServiceRequest`; as {@link decodeSpansJson}. */
export function decodeLogsJson(bytes: Buffer, budget: DecodeBudget): LogBatch {
  return decodeGroups(bytes, {
    resources: 'resourceLogs',
    scopes: 'scopeLogs',
    items: 'logRecords',
    budget,
    readItem: readLogRecord,
  })
}

interface Shape<Item> {
  readonly resources: string
  readonly scopes: string
  readonly items: string
  readonly budget: DecodeBudget
  readonly readItem: (item: JsonObject, budget: DecodeBudget) => Item
}

function decodeGroups<Item>(bytes: Buffer, shape: Shape<Item>): OtlpGroup<Item>[] {
  const { budget } = shape
  const body = asObject(parseJson(bytes, jsonContainersMax), 'body')
  const groups: OtlpGroup<Item>[] = []
  eachObject(body, { list: shape.resources, budget }, (inResource) => {
    const resource =
      budget.attempt(() => readResource(objectField(inResource, 'resource') ?? {}, budget)) ??
      unreadResource
    eachObject(inResource, { list: shape.scopes, budget }, (inScope) => {
      const scope =
        budget.attempt(() => readScope(objectField(inScope, 'scope') ?? {}, budget)) ?? unreadScope
      const items: Item[] = []
      eachPart(
        inScope,
        { list: shape.items, budget, onUnread: (thrown) => budget.refuse(thrown) },
        (item) => items.push(shape.readItem(item, budget)),
      )
      groups.push({ resource, scope, items })
    })
  })
  return groups
}

/** The replacement for a resource or a scope that cannot be read. */
const unreadResource: OtlpResource = { ...emptyResource, droppedCount: 1 }
const unreadScope: OtlpScope = { ...emptyScope, droppedCount: 1 }

interface Where {
  readonly list: string
  readonly budget: DecodeBudget
}

/** Calls `read` for each object of a list; an error from inside is thrown again with its place in front. */
function eachObject(from: JsonObject, where: Where, read: (object: JsonObject) => unknown): void {
  const onUnread = (thrown: unknown): never => {
    throw thrown
  }
  eachPart(from, { ...where, onUnread }, read)
}

/** The same; an error goes to `onUnread`, and the rest of the list is read if that returns. */
function eachPart(
  from: JsonObject,
  { list, budget, onUnread }: Where & { readonly onUnread: (thrown: unknown) => void },
  read: (object: JsonObject) => unknown,
): void {
  for (const [index, element] of arrayField(from, list).entries()) {
    budget.take()
    try {
      read(asObject(element, 'element'))
    } catch (thrown) {
      onUnread(placed(thrown, `${list}[${index}]`))
    }
  }
}

function placed(thrown: unknown, place: string): unknown {
  if (!(thrown instanceof WhodidError)) return thrown
  return new WhodidError(thrown.code, `${place}: ${thrown.message}`, { cause: thrown.cause })
}

/** Reads the events or the links of a span; those that cannot be read are counted. */
function readParts<Part>(
  from: JsonObject,
  { list, budget }: Where,
  read: (part: JsonObject, budget: DecodeBudget) => Part,
): { parts: Part[]; leftOutCount: number } {
  const parts: Part[] = []
  let leftOutCount = 0
  const onUnread = (thrown: unknown): void => {
    budget.leaveOut(thrown)
    leftOutCount += 1
  }
  eachPart(from, { list, budget, onUnread }, (part) => parts.push(read(part, budget)))
  return { parts, leftOutCount }
}

function readResource(resource: JsonObject, budget: DecodeBudget): OtlpResource {
  const { map, leftOutCount } = readJsonAttributes(resource, budget)
  const droppedCount = integerField(resource, 'droppedAttributesCount') + leftOutCount
  return { attributes: map, droppedCount }
}

function readScope(scope: JsonObject, budget: DecodeBudget): OtlpScope {
  const { map, leftOutCount } = readJsonAttributes(scope, budget)
  return {
    name: stringField(scope, 'name'),
    version: stringField(scope, 'version'),
    attributes: map,
    droppedCount: integerField(scope, 'droppedAttributesCount') + leftOutCount,
  }
}

function readSpan(span: JsonObject, budget: DecodeBudget): OtlpSpan {
  const { map, leftOutCount } = readJsonAttributes(span, budget)
  const events = readParts(span, { list: 'events', budget }, readEvent)
  const links = readParts(span, { list: 'links', budget }, readLink)
  const status = objectField(span, 'status') ?? {}
  return {
    traceIdHex: stringField(span, 'traceId').toLowerCase(),
    spanIdHex: stringField(span, 'spanId').toLowerCase(),
    parentSpanIdHex: stringField(span, 'parentSpanId').toLowerCase(),
    traceState: stringField(span, 'traceState'),
    flags: integerField(span, 'flags'),
    name: stringField(span, 'name'),
    kind: integerField(span, 'kind'),
    startUnixNs: unsigned64Field(span, 'startTimeUnixNano'),
    endUnixNs: unsigned64Field(span, 'endTimeUnixNano'),
    attributes: map,
    droppedCount:
      integerField(span, 'droppedAttributesCount') +
      integerField(span, 'droppedEventsCount') +
      integerField(span, 'droppedLinksCount') +
      leftOutCount +
      events.leftOutCount +
      links.leftOutCount,
    events: events.parts,
    links: links.parts,
    statusCode: integerField(status, 'code'),
    statusMessage: stringField(status, 'message'),
  }
}

function readEvent(event: JsonObject, budget: DecodeBudget): OtlpEvent {
  const { map, leftOutCount } = readJsonAttributes(event, budget)
  return {
    timeUnixNs: unsigned64Field(event, 'timeUnixNano'),
    name: stringField(event, 'name'),
    attributes: map,
    droppedCount: integerField(event, 'droppedAttributesCount') + leftOutCount,
  }
}

function readLink(link: JsonObject, budget: DecodeBudget): OtlpLink {
  const { map, leftOutCount } = readJsonAttributes(link, budget)
  return {
    traceIdHex: stringField(link, 'traceId').toLowerCase(),
    spanIdHex: stringField(link, 'spanId').toLowerCase(),
    traceState: stringField(link, 'traceState'),
    attributes: map,
    droppedCount: integerField(link, 'droppedAttributesCount') + leftOutCount,
    flags: integerField(link, 'flags'),
  }
}

function readLogRecord(record: JsonObject, budget: DecodeBudget): OtlpLogRecord {
  const { map, leftOutCount } = readJsonAttributes(record, budget)
  const body = budget.attempt(() => {
    const sent = objectField(record, 'body')
    return sent === undefined ? null : readJsonValue(sent, budget, 1)
  })
  return {
    traceIdHex: stringField(record, 'traceId').toLowerCase(),
    spanIdHex: stringField(record, 'spanId').toLowerCase(),
    flags: integerField(record, 'flags'),
    timeUnixNs: unsigned64Field(record, 'timeUnixNano'),
    observedUnixNs: unsigned64Field(record, 'observedTimeUnixNano'),
    severityNumber: integerField(record, 'severityNumber'),
    severityText: stringField(record, 'severityText'),
    eventName: stringField(record, 'eventName'),
    body: body ?? null,
    attributes: map,
    droppedCount:
      integerField(record, 'droppedAttributesCount') + leftOutCount + (body === undefined ? 1 : 0),
  }
}
