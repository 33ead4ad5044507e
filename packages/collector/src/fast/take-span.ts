import { ByteWriter, redactSecrets, scanText, textBits } from '@whodid/model'
import type { RowPlaces } from '@whodid/model'
import type { SubjectClaims } from '@whodid/content'
import { TextCache } from '../otlp/text-cache.ts'
import { valueTags } from './fast-attribute.ts'
import { FastSpan } from './fast-span.ts'
import { writeSaid } from './said-text.ts'
import type { Wanted } from './said-text.ts'
import { settleClaims } from './settle-claims.ts'
import type { Settled } from './settle-claims.ts'
import { slotOf } from './span-keys.ts'
import { writeSpanRow } from './write-span-row.ts'
import type { FastGroup, SpanTexts } from './write-span-row.ts'

/** A span whose row is written; valid until the next. */
export interface TakenSpan {
  readonly span: FastSpan
  readonly settled: Settled
  readonly texts: SpanTexts
  readonly places: RowPlaces
  /** The claims that its text's subject is found by; read when they are asked for. */
  readonly subject: SubjectClaims
}

const span = new FastSpan()
const settled: Settled = { kind: 'other', actorType: 'agent', resourceType: '' }
const texts: SpanTexts = {
  content: new ByteWriter(),
  result: new ByteWriter(),
  detail: new ByteWriter(),
}

/**
 * The fast path: reads the span whose length stands at `place`, and writes its row behind `row`, byte by byte as the general path does,
 * without an object or a string of its own. Returns undefined for a span that must go the general path, and has then written
 * nothing.
 */
export function takeSpan(
  row: ByteWriter,
  group: FastGroup,
  { bytes, place }: { readonly bytes: Buffer; readonly place: number },
): TakenSpan | undefined {
  if (!span.read(bytes, place) || !settleClaims(span, settled) || !settleTexts()) return undefined
  exporter = group.exporter
  const places = writeSpanRow(row, { span, group, settled, texts })
  return { span, settled, texts, places, subject }
}

const slot = {
  arguments: slotOf('arguments'),
  result: slotOf('result'),
  delegator: slotOf('delegatorId'),
  user: slotOf('userId'),
  instance: slotOf('instanceId'),
}

let exporter = ''
const known = new TextCache()

function claimText(from: number): string {
  const claim = span.at(from)
  return claim === undefined ? '' : known.read(span.bytes, claim.start, claim.end)
}

const subject: SubjectClaims = {
  get actorType() {
    return settled.actorType
  },
  get delegatorId() {
    return claimText(slot.delegator)
  },
  get userId() {
    return claimText(slot.user)
  },
  get instanceId() {
    return claimText(slot.instance)
  },
  get exporter() {
    return exporter
  },
}

/** The content and the result of a span, by its kind. */
function settleTexts(): boolean {
  const { content, result } = texts
  content.clear()
  result.clear()
  const { kind } = settled
  if (kind === 'tool_call' || kind === 'action' || kind === 'input')
    return settleText(content, slot.arguments) && settleText(result, slot.result)
  if (kind === 'plan') return settleSaid(content, ofAll)
  return settleSaid(content, ofUser) && settleSaid(result, ofAll)
}

const ofUser: Wanted = { slot: slotOf('inputMessages'), isOfUser: true }
const ofAll: Wanted = { slot: slotOf('outputMessages'), isOfUser: false }

function settleText(out: ByteWriter, from: number): boolean {
  const text = span.at(from)
  if (text === undefined) return true
  if (text.tag !== valueTags.text) return false
  out.copy(span.bytes, text.start, text.end)
  return true
}

function settleSaid(said: ByteWriter, wanted: Wanted): boolean {
  if (!writeSaid(said, span, wanted)) return false
  const written = said.view()
  if ((scanText(written, 0, written.length) & textBits.suspect) === 0) return true
  const text = Buffer.from(written).toString('utf8')
  return redactSecrets(text) === text
}
