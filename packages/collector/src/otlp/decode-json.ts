import { WhodidError } from '@whodid/model'
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
    const resource = readResource(objectField(inResource, 'resource') ?? {}, budget)
    eachObject(inResource, { list: shape.scopes, budget }, (inScope) => {
      const scope = readScope(objectField(inScope, 'scope') ?? {}, budget)
      const items: Item[] = []
      eachObject(inScope, { list: shape.items, budget }, (item) =>
        items.push(shape.readItem(item, budget)),
      )
      groups.push({ resource, scope, items })
    })
  })
  return groups
}

/** Calls `read` for each object of a list; an error from inside is thrown again with its place in front. */
function eachObject(
  from: JsonObject,
  where: { readonly list: string; readonly budget: DecodeBudget },
  read: (object: JsonObject) => unknown,
): void {
  for (const [index, element] of arrayField(from, where.list).entries()) {
    const place = `${where.list}[${index}]`
    where.budget.take()
    try {
      read(asObject(element, 'element'))
    } catch (thrown) {
      if (!(thrown instanceof WhodidError)) throw thrown
      throw new WhodidError(thrown.code, `${place}: ${thrown.message}`, { cause: thrown.cause })
    }
  }
}

function readResource(resource: JsonObject, budget: DecodeBudget): OtlpResource {
  const { map, repeatedCount } = readJsonAttributes(resource, budget)
  const droppedCount = integerField(resource, 'droppedAttributesCount') + repeatedCount
  return { attributes: map, droppedCount }
}

function readScope(scope: JsonObject, budget: DecodeBudget): OtlpScope {
  return {
    name: stringField(scope, 'name'),
    version: stringField(scope, 'version'),
    attributes: readJsonAttributes(scope, budget).map,
  }
}

function readSpan(span: JsonObject, budget: DecodeBudget): OtlpSpan {
  const { map, repeatedCount } = readJsonAttributes(span, budget)
  const events: OtlpEvent[] = []
  const links: OtlpLink[] = []
  eachObject(span, { list: 'events', budget }, (event) => events.push(readEvent(event, budget)))
  eachObject(span, { list: 'links', budget }, (link) => links.push(readLink(link, budget)))
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
      repeatedCount,
    events,
    links,
    statusCode: integerField(status, 'code'),
    statusMessage: stringField(status, 'message'),
  }
}

function readEvent(event: JsonObject, budget: DecodeBudget): OtlpEvent {
  const { map, repeatedCount } = readJsonAttributes(event, budget)
  return {
    timeUnixNs: unsigned64Field(event, 'timeUnixNano'),
    name: stringField(event, 'name'),
    attributes: map,
    droppedCount: integerField(event, 'droppedAttributesCount') + repeatedCount,
  }
}

function readLink(link: JsonObject, budget: DecodeBudget): OtlpLink {
  const { map, repeatedCount } = readJsonAttributes(link, budget)
  return {
    traceIdHex: stringField(link, 'traceId').toLowerCase(),
    spanIdHex: stringField(link, 'spanId').toLowerCase(),
    traceState: stringField(link, 'traceState'),
    attributes: map,
    droppedCount: integerField(link, 'droppedAttributesCount') + repeatedCount,
    flags: integerField(link, 'flags'),
  }
}

function readLogRecord(record: JsonObject, budget: DecodeBudget): OtlpLogRecord {
  const { map, repeatedCount } = readJsonAttributes(record, budget)
  const body = objectField(record, 'body')
  return {
    traceIdHex: stringField(record, 'traceId').toLowerCase(),
    spanIdHex: stringField(record, 'spanId').toLowerCase(),
    flags: integerField(record, 'flags'),
    timeUnixNs: unsigned64Field(record, 'timeUnixNano'),
    observedUnixNs: unsigned64Field(record, 'observedTimeUnixNano'),
    severityNumber: integerField(record, 'severityNumber'),
    severityText: stringField(record, 'severityText'),
    eventName: stringField(record, 'eventName'),
    body: body === undefined ? null : readJsonValue(body, budget, 1),
    attributes: map,
    droppedCount: integerField(record, 'droppedAttributesCount') + repeatedCount,
  }
}
