import { createHash } from 'node:crypto'
import { attribute, blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpEvent, OtlpLink } from '../otlp/batch.ts'
import { quoteText, stringifyValue } from '../otlp/stringify-value.ts'
import { sealAttributes } from '../seals/seal-attributes.ts'
import type { Draft } from './draft.ts'
import { splitText } from './text-attributes.ts'

/** Bytes of the texts that can be long. */
const textBytesMax: Readonly<Partial<Record<keyof LedgerRecord, number>>> = {
  content: 256 * 1024,
  result: 256 * 1024,
  statusMessage: 8 * 1024,
  approvalReason: 8 * 1024,
  resourceId: 4 * 1024,
  inputSource: 4 * 1024,
}

/** Bytes of every other text: names, identities, hashes. */
const shortTextBytesMax = 1024

/** Elements of a list, and bytes of each. */
const listLengthMax = 64
const listElementBytesMax = 1024

/** Bytes of the longest text that a field holds. */
export function fieldBytesMax(field: keyof LedgerRecord): number {
  return textBytesMax[field] ?? shortTextBytesMax
}

/** Bytes of each of the four JSON texts, and of one string within them. */
const jsonBytesMax = 256 * 1024
const jsonStringBytesMax = 64 * 1024

/**
 * Cuts a record to its bounds and writes its JSON, in place. Cuts are counted in `droppedCount`.
 */
export function finishRecord(draft: Draft): LedgerRecord {
  const { record } = draft
  const cuts = { count: 0 }
  boundColumns(record, cuts)
  const { plain, text } = splitText(withoutKept(draft))
  const events = splitEach(draft.events)
  const links = splitEach(draft.links)
  record.attributes = objectText(withMark(plain, draft), cuts)
  record.resourceAttributes = resourceText(draft.resource, cuts)
  record.events = listText(events.plain, cuts, eventText)
  record.links = listText(links.plain, cuts, linkText)
  record.detail = detailText({ text, events: events.texts, links: links.texts }, cuts)
  record.droppedCount = Math.min(record.droppedCount + cuts.count, 2 ** 32 - 1)
  return record
}

/** The attributes without the seal that is kept whole beside them. */
function withoutKept({ attributes, mark }: Draft): Attributes {
  if (mark?.jws === undefined) return attributes
  return new Map([...attributes].filter(([key]) => key !== attribute.sealJws))
}

/** Puts the collector's own attributes first, so that no bound on attributes cuts them. */
function withMark(attributes: Attributes, { mark }: Draft): Attributes {
  if (mark === undefined) return attributes
  const own = sealAttributes(mark)
  return new Map([...own, ...[...attributes].filter(([key]) => !own.has(key))])
}

interface Cuts {
  count: number
}

type TextField = {
  [Field in keyof LedgerRecord]: LedgerRecord[Field] extends string ? Field : never
}[keyof LedgerRecord]
type ListField = 'delegationScopes' | 'delegationChain' | 'credentialScopes'

/** Text that no sender chose freely: one of a few words, hex of a checked length, or JSON that is bounded as it is written. */
const boundAlready = new Set<string>(
  (
    'channel signal traceIdHex spanIdHex parentSpanIdHex recordKind actorType delegatorType promptOrigin promptRef ' +
    'planRef inputTrust templateRule instanceRule delegatorRule attributes resourceAttributes events links detail'
  ).split(' '),
)

// Sound: a field that is blank as text is declared as text.
const textFields = Object.entries(blankRecord())
  .filter(([field, blank]) => typeof blank === 'string' && !boundAlready.has(field))
  .map(([field]) => field as TextField)
const listFields: readonly ListField[] = ['delegationScopes', 'delegationChain', 'credentialScopes']

function boundColumns(record: LedgerRecord, cuts: Cuts): void {
  for (const field of textFields) {
    const text = record[field]
    if (text === '') continue
    const bounded = cut(text, fieldBytesMax(field), cuts)
    if (bounded !== text) Object.assign(record, { [field]: bounded })
  }
  for (const field of listFields)
    if (record[field].length > 0) record[field] = boundList(record[field], cuts)
}

function boundList(list: readonly string[], cuts: Cuts): string[] {
  cuts.count += Math.max(list.length - listLengthMax, 0)
  return list.slice(0, listLengthMax).map((element) => cut(element, listElementBytesMax, cuts))
}

function cut(text: string, bytesMax: number, cuts: Cuts): string {
  // Three bytes is the most that one UTF-16 unit takes.
  if (text.length * 3 <= bytesMax) return text.toWellFormed()
  const bounded = boundText(text, bytesMax)
  if (bounded.wasCut) cuts.count += 1
  return bounded.text
}

/** The JSON of finished resources, and the cuts of each: all spans of a group share one resource. */
const resourceTexts = new WeakMap<Attributes, { readonly text: string; readonly cut: number }>()

function resourceText(resource: Attributes, cuts: Cuts): string {
  let sealed = resourceTexts.get(resource)
  if (sealed === undefined) {
    const ofResource = { count: 0 }
    const text = objectText(resource, ofResource)
    resourceTexts.set(resource, (sealed = { text, cut: ofResource.count }))
  }
  cuts.count += sealed.cut
  return sealed.text
}

/** A JSON object of attributes; those that the bound leaves no room for are counted and left out. */
function objectText(attributes: Attributes, cuts: Cuts): string {
  if (attributes.size === 0) return ''
  const room = { bytes: jsonBytesMax - 2 }
  let text = ''
  for (const [key, value] of attributes) {
    const bounded = typeof value === 'string' ? cut(value, jsonStringBytesMax, cuts) : value
    const pair = `${quoteText(cut(key, shortTextBytesMax, cuts))}:${stringifyValue(bounded)}`
    if (takesRoom(pair, room)) text += text === '' ? pair : `,${pair}`
    else cuts.count += 1
  }
  return text === '' ? '' : `{${text}}`
}

function listText<Item>(
  items: readonly Item[],
  cuts: Cuts,
  write: (item: Item, cuts: Cuts) => string,
): string {
  if (items.length === 0) return ''
  const room = { bytes: jsonBytesMax - 2 }
  const texts: string[] = []
  for (const item of items) {
    const text = write(item, cuts)
    if (takesRoom(text, room)) texts.push(text)
    else cuts.count += 1
  }
  return texts.length === 0 ? '' : `[${texts.join(',')}]`
}

function takesRoom(text: string, room: { bytes: number }): boolean {
  const bytes = Buffer.byteLength(text) + 1
  if (bytes > room.bytes) return false
  room.bytes -= bytes
  return true
}

/** Text of events or links, each with the place of its event or link. */
type PlacedTexts = readonly (readonly [place: number, text: Attributes])[]

function splitEach<Item extends { readonly attributes: Attributes }>(
  items: readonly Item[],
): { readonly plain: readonly Item[]; readonly texts: PlacedTexts } {
  if (items.length === 0) return { plain: items, texts: [] }
  const texts: [number, Attributes][] = []
  const plain = items.map((item, place) => {
    const split = splitText(item.attributes)
    if (split.text.size === 0) return item
    texts.push([place, split.text])
    return { ...item, attributes: split.plain }
  })
  return { plain, texts }
}

interface Texts {
  readonly text: Attributes
  readonly events: PlacedTexts
  readonly links: PlacedTexts
}

/** The text that has no column of its own, as JSON: `{"attributes":{…},"events":[[0,{…}]],"links":[…]}`. */
function detailText({ text, events, links }: Texts, cuts: Cuts): string {
  const fields: string[] = []
  const attributes = objectText(text, cuts)
  if (attributes !== '') fields.push(`"attributes":${attributes}`)
  const ofEvents = listText(events, cuts, placedText)
  if (ofEvents !== '') fields.push(`"events":${ofEvents}`)
  const ofLinks = listText(links, cuts, placedText)
  if (ofLinks !== '') fields.push(`"links":${ofLinks}`)
  return fields.length === 0 ? '' : `{${fields.join(',')}}`
}

function placedText([place, text]: PlacedTexts[number], cuts: Cuts): string {
  const attributes = objectText(text, cuts)
  return `[${place},${attributes === '' ? '{}' : attributes}]`
}

function eventText(event: OtlpEvent, cuts: Cuts): string {
  const head = `"name":${JSON.stringify(cut(event.name, shortTextBytesMax, cuts))},"time_unix_nano":"${event.timeUnixNs}"`
  return `{${head}${attributesField(event.attributes, cuts)}}`
}

function linkText(link: OtlpLink, cuts: Cuts): string {
  const ids = `"trace_id":${idText(link.traceIdHex, cuts)},"span_id":${idText(link.spanIdHex, cuts)}`
  const state =
    link.traceState === ''
      ? ''
      : `,"trace_state":${JSON.stringify(cut(link.traceState, shortTextBytesMax, cuts))}`
  return `{${ids}${state}${attributesField(link.attributes, cuts)}}`
}

function idText(id: string, cuts: Cuts): string {
  return JSON.stringify(cut(id, shortTextBytesMax, cuts))
}

function attributesField(attributes: Attributes, cuts: Cuts): string {
  const text = objectText(attributes, cuts)
  return text === '' ? '' : `,"attributes":${text}`
}

/** Text cut to a bound, and whether anything was cut off. */
interface BoundedText {
  readonly text: string
  readonly wasCut: boolean
}

/**
 * Cuts text to `bytesMax` bytes of UTF-8 and makes it well-formed: a lone surrogate becomes U+FFFD. A text that is cut ends in a
 * mark with the first 16 hex digits of the whole text's SHA-256, so that two IDs that differ only past the bound still
 * differ. Precondition: `bytesMax` ≥ 64.
 */
function boundText(text: string, bytesMax: number): BoundedText {
  // Three bytes is the most that one UTF-16 unit takes.
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax)
    return { text: text.toWellFormed(), wasCut: false }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const mark = `…[cut ${hash}]`
  const kept = Buffer.from(text.slice(0, bytesMax)).subarray(0, bytesMax - Buffer.byteLength(mark))
  return { text: `${kept.subarray(0, lastWhole(kept)).toString('utf8')}${mark}`, wasCut: true }
}

/** The end of the last whole character of UTF-8. */
function lastWhole(bytes: Buffer): number {
  let start = bytes.length - 1
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  const first = bytes[start] ?? 0
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  return start + length <= bytes.length ? start + length : start
}
