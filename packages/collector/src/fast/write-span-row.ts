import { bodyFields, ByteWriter, restFields, textBits } from '@whodid/model'
import type { LedgerRecord, RowPlaces } from '@whodid/model'
import { eachText, nameLengthMax, valueTags } from './fast-attribute.ts'
import type { FastAttribute, Stretch } from './fast-attribute.ts'
import type { FastSpan } from './fast-span.ts'
import type { Settled } from './settle-claims.ts'
import { hasSlot, slotOf } from './span-keys.ts'

/** The parts of a row that all spans of a resource and a scope share, as bytes of the row. */
export interface FastGroup {
  readonly logId: Buffer
  readonly receivedAt: Buffer
  /** The tenant and the exporter. */
  readonly sender: Buffer
  readonly exporter: string
  readonly channel: (span: FastSpan, settled: Settled) => Buffer
  /** The members of `rest` that name the service and the scope. */
  readonly rest: Buffer
  readonly resourceAttributes: Buffer
  /** Attributes that the resource and the scope lack: dropped, or cut. */
  readonly droppedCount: number
}

/** The texts of a span that its record keeps apart; empty where it has none. */
export interface SpanTexts {
  readonly content: ByteWriter
  readonly result: ByteWriter
  readonly detail: ByteWriter
}

/** Parts of the row that is written, by their fields. */
const rest = new ByteWriter()
const attributes = new ByteWriter()

/**
 * Writes the row of a span, as `writeRow` does of its record, and the text of its attributes into `texts.detail`. Preconditions: its
 * claims are settled, and its content and its result are in `texts`.
 */
export function writeSpanRow(
  row: ByteWriter,
  { span, group, settled, texts }: SpanParts,
): RowPlaces {
  writeRest(span, group, settled)
  writeAttributes(span, texts)
  const { bytes, parentSpanId, start, end } = span
  row.raw(group.logId)
  const logIndex = row.length
  row.zeroes(8)
  const receivedAt = row.length
  row.raw(group.receivedAt)
  row.raw(group.channel(span, settled))
  const textBlock = row.length
  row.zeroes(textPlacesBytes)
  const body = row.length
  row.raw(group.sender)
  row.copy(bytes, span.traceId, span.traceId + 16)
  row.copy(bytes, span.spanId, span.spanId + 8)
  if (parentSpanId < 0) row.zeroes(8)
  else row.copy(bytes, parentSpanId, parentSpanId + 8)
  const ts = row.length
  row.copy(bytes, start, start + 8)
  if (end < 0) row.zeroes(8)
  else row.copy(bytes, end, end + 8)
  for (const slot of claimColumns) {
    const claim = span.at(slot)
    if (claim !== undefined) row.text(bytes, claim.start, claim.end)
    else if (slot === verbSlot && settled.kind === 'tool_call') row.raw(execute)
    else row.uint8(0)
  }
  const commitment = row.length
  row.zeroes(commitmentBytes)
  row.textOf(rest)
  row.textOf(attributes)
  row.raw(group.resourceAttributes)
  return { logIndex, receivedAt, textBlock, body, ts, commitment }
}

/** A span that was read, and what stands around it. */
export interface SpanParts {
  readonly span: FastSpan
  readonly group: FastGroup
  readonly settled: Settled
  readonly texts: SpanTexts
}

const textPlacesBytes = 24 + 4
const commitmentBytes = 32
const execute = lengthPrefixed('execute')

/** Text as a row has it. */
export function lengthPrefixed(text: string): Buffer {
  const writer = new ByteWriter()
  writer.string(text)
  return writer.toBytes()
}

/** A record whose fields are their own names. Sound: it is only ever read for them. */
const names = new Proxy({}, { get: (_, name) => name }) as LedgerRecord

const columnOf = (name: string): number => bodyFields.findIndex(({ column }) => column === name)
const claimColumns = bodyFields
  .slice(columnOf('end_ts') + 1, columnOf('commitment'))
  .map((field) => slotOf(String(field.read(names))))
const verbSlot = slotOf('verb')

/** The members of `rest` that a span's attributes fill, behind those that stand in its own fields. */
const members = restFields.flatMap(({ key, read }) => {
  const field = String(read(names))
  return hasSlot(field) && field !== 'serviceName'
    ? [{ slot: slotOf(field), name: Buffer.from(`,"${key}":`) }]
    : []
})
const member = {
  name: memberOf('name'),
  kind: memberOf('kind'),
  statusCode: memberOf('status_code'),
  statusMessage: memberOf('status_message'),
  flags: memberOf('flags'),
  droppedCount: memberOf('dropped_count'),
}

/** The name of a member of `rest`, with what stands around it; the first member's comma is the brace. */
export function memberOf(name: string): Buffer {
  return Buffer.from(`,"${restFields.find((field) => field.name === name)?.key ?? ''}":`)
}

const resourceTypeSlot = slotOf('resourceType')

function writeRest(span: FastSpan, group: FastGroup, { resourceType }: Settled): void {
  rest.clear()
  writeText(member.name, span, span.name)
  writeCount(member.kind, span.kind)
  writeCount(member.statusCode, span.statusCode)
  writeText(member.statusMessage, span, span.statusMessage)
  writeCount(member.flags, span.flags)
  writeCount(member.droppedCount, span.droppedCount + group.droppedCount)
  rest.raw(group.rest)
  for (const { slot, name } of members) {
    const claim = span.at(slot)
    if (claim !== undefined) writeClaim(name, span, claim)
    else if (slot === resourceTypeSlot && resourceType !== '') {
      rest.raw(name)
      rest.latin1(`"${resourceType}"`)
    }
  }
  if (rest.length === 0) return
  rest.uint8(closeBrace)
  rest.set(0, openBrace)
}

function writeText(name: Buffer, span: FastSpan, text: Stretch): void {
  if (text.start === text.end) return
  rest.raw(name)
  writeString(rest, span, text)
}

function writeCount(name: Buffer, count: number): void {
  if (count === 0) return
  rest.raw(name)
  rest.decimal(count)
}

/** A list that is empty, and a flag that is false, are as if they were not stated. */
function writeClaim(name: Buffer, span: FastSpan, claim: FastAttribute): void {
  if (claim.number === 0 && (claim.tag === valueTags.list || claim.tag === valueTags.bool)) return
  rest.raw(name)
  writeValue(rest, span, claim)
}

/** Splits the attributes that no field holds into those of the record and those that are text. */
function writeAttributes(span: FastSpan, texts: SpanTexts): void {
  const { detail } = texts
  attributes.clear()
  detail.clear()
  for (let place = 0; place < span.attributeCount; place += 1) {
    const attribute = span.attributes[place]
    if (attribute === undefined || isInField(attribute)) continue
    const isStated = attribute.tag === valueTags.text && attribute.end > attribute.start
    if (isStated && isOneOf(span, attribute, texts)) continue
    const isText = isStated
      ? attribute.key.isText || looksLikeText(attribute)
      : attribute.tag === valueTags.list && (attribute.bits & textBits.unlikeName) !== 0
    const out = isText ? detail : attributes
    if (out.length > 0) out.uint8(comma)
    else if (isText) out.raw(detailOpening)
    else out.uint8(openBrace)
    out.raw(attribute.key.json)
    writeValue(out, span, attribute)
  }
  if (attributes.length > 0) attributes.uint8(closeBrace)
  if (detail.length > 0) detail.raw(detailClosing)
}

/** A flag that is false fills no field, and stays. */
function isInField({ key, tag, number }: FastAttribute): boolean {
  return key.claim !== undefined && !(tag === valueTags.bool && number === 0)
}

function isOneOf(
  { bytes }: FastSpan,
  { start, end }: Stretch,
  { content, result }: SpanTexts,
): boolean {
  return content.isEqual(bytes, start, end) || result.isEqual(bytes, start, end)
}

function looksLikeText({ bits, start, end }: Stretch): boolean {
  return (bits & textBits.unlikeName) !== 0 || end - start > nameLengthMax
}

function writeValue(out: ByteWriter, span: FastSpan, value: FastAttribute): void {
  switch (value.tag) {
    case valueTags.text:
      return writeString(out, span, value)
    case valueTags.bool:
      return out.latin1(value.number === 0 ? 'false' : 'true')
    case valueTags.int:
      return out.decimal(value.number)
    case valueTags.double:
      return out.latin1(JSON.stringify(span.bytes.readDoubleLE(value.start)))
    default:
      return writeList(out, span, value)
  }
}

function writeString(out: ByteWriter, { bytes }: FastSpan, { start, end, bits }: Stretch): void {
  out.uint8(quote)
  if ((bits & textBits.escaped) === 0) out.copy(bytes, start, end)
  else out.escaped(bytes, start, end)
  out.uint8(quote)
}

function writeList(out: ByteWriter, { bytes }: FastSpan, list: FastAttribute): void {
  out.uint8(openBracket)
  let isFirst = true
  eachText(bytes, list, (start, end) => {
    if (!isFirst) out.uint8(comma)
    isFirst = false
    out.uint8(quote)
    out.escaped(bytes, start, end)
    out.uint8(quote)
  })
  out.uint8(closeBracket)
}

const quote = 0x22
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d
const detailOpening = Buffer.from('{"attributes":{')
const detailClosing = Buffer.from('}}')
