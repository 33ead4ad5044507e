import {
  actorTypes,
  normalizeResource,
  recordKinds,
  redactSecrets,
  redactSecretsInName,
} from '@whodid/model'
import { scanText, textBits } from '@whodid/model'
import type { ActorType, RecordKind } from '@whodid/model'
import { fieldBytesMax } from '../normalize/finish-record.ts'
import { eachText, valueTags } from './fast-attribute.ts'
import type { FastAttribute, Stretch } from './fast-attribute.ts'
import type { FastSpan } from './fast-span.ts'
import { KeptTexts } from './kept-texts.ts'
import { isAt, slotOf } from './span-keys.ts'

/** The claims of a span that the row needs in another form than the span's own. */
export interface Settled {
  kind: RecordKind
  actorType: ActorType
  /** The type of the resource where the span states none: '' when there is none. */
  resourceType: string
}

const slot = {
  kind: slotOf('recordKind'),
  actorType: slotOf('actorType'),
  template: slotOf('templateId'),
  instance: slotOf('instanceId'),
  delegator: slotOf('delegatorId'),
  delegatorType: slotOf('delegatorType'),
  user: slotOf('userId'),
  outcome: slotOf('outcome'),
  tool: slotOf('toolName'),
  resource: slotOf('resourceId'),
  resourceType: slotOf('resourceType'),
  operation: slotOf('operation'),
}

/** Operations that fill no field. */
const operations = (
  'chat generate_content text_completion embeddings fetch_response invoke_agent invoke_workflow create_agent plan execute_tool ' +
  'retrieval search_memory'
)
  .split(' ')
  .map((name) => Buffer.from(name))

const convention = Buffer.from('gen_ai.')
const none = Buffer.from('none')

/**
 * Settles the claims of a span as the general path does, into `settled`. Returns false for a span that states too little, so that
 * something would be inferred, or that has a value that would be changed: it goes the general path.
 */
export function settleClaims(span: FastSpan, settled: Settled): boolean {
  const { bytes, name, statusMessage } = span
  const kind = span.at(slot.kind)
  const actorType = span.at(slot.actorType)
  if (kind === undefined || actorType === undefined) return false
  if (isWithin(convention, bytes, name)) return false
  if (!keeps(span, name, 'name') || !keeps(span, statusMessage, 'statusMessage')) return false
  for (let place = 0; place < span.attributeCount; place += 1) {
    const attribute = span.attributes[place]
    if (attribute === undefined || !keepsAttribute(span, attribute)) return false
  }
  settled.kind = recordKinds[memberAt(span, kind)] ?? 'other'
  settled.actorType = actorTypes[memberAt(span, actorType)] ?? 'agent'
  return (
    isOperationPlain(span) &&
    keepsUser(span) &&
    statesAll(span, settled) &&
    settleResource(span, settled)
  )
}

/** A person's name stands in its field and among the attributes. */
function keepsUser(span: FastSpan): boolean {
  const user = span.at(slot.user)
  return user === undefined || (user.tag === valueTags.text && keeps(span, user, 'userId'))
}

function isOperationPlain(span: FastSpan): boolean {
  const operation = span.at(slot.operation)
  if (operation === undefined) return true
  if (operation.tag !== valueTags.text) return false
  return operations.some((one) => isWhole(one, span.bytes, operation))
}

/** True when the span states all that would be inferred otherwise. */
function statesAll(span: FastSpan, { kind, actorType }: Settled): boolean {
  const isAct = kind === 'tool_call' || kind === 'action'
  if (isAct && span.at(slot.outcome) === undefined) return false
  if (kind === 'tool_call' && span.at(slot.tool) === undefined) return false
  if (actorType !== 'agent') return true
  if (span.at(slot.template) === undefined || span.at(slot.instance) === undefined) return false
  if (span.at(slot.delegator) !== undefined || span.at(slot.user) === undefined) return true
  const type = span.at(slot.delegatorType)
  return type !== undefined && isWhole(none, span.bytes, type)
}

/** True when an attribute stands in its field, or stays among the attributes, as it came. */
function keepsAttribute(span: FastSpan, attribute: FastAttribute): boolean {
  const { claim } = attribute.key
  if (claim === undefined) return keepsPlain(span, attribute)
  switch (claim.form) {
    case 'text':
      return attribute.tag === valueTags.text && keeps(span, attribute, claim.field)
    case 'choice':
      if (attribute.tag !== valueTags.text) return false
      return attribute.start === attribute.end || memberAt(span, attribute) >= 0
    case 'ref':
      return (
        attribute.tag === valueTags.text && isRef(span, attribute) && keepsName(span, attribute)
      )
    case 'count':
      return attribute.tag === valueTags.int
    case 'flag':
      return attribute.tag === valueTags.bool
    case 'list':
      return attribute.tag === valueTags.list && keepsNames(span, attribute)
  }
}

function keepsPlain(span: FastSpan, attribute: FastAttribute): boolean {
  if (attribute.tag === valueTags.text) {
    // White space beyond ASCII makes a text too, where the key does not.
    if ((attribute.bits & textBits.beyondAscii) !== 0 && !attribute.key.isText) return false
    return isClean(attribute) || isUnchanged(span, attribute, redactSecrets)
  }
  if (attribute.tag === valueTags.double)
    return Number.isFinite(span.bytes.readDoubleLE(attribute.start))
  if (attribute.tag !== valueTags.list) return true
  return (
    isClean(attribute) && !attribute.key.isText && (attribute.bits & textBits.beyondAscii) === 0
  )
}

function isClean({ bits }: Stretch): boolean {
  return (bits & textBits.suspect) === 0
}

/** Fields that are searched for secrets as text is; the others as names are. */
const texts: ReadonlySet<string> = new Set(['name', 'statusMessage', 'approvalReason'])

function keeps(span: FastSpan, text: Stretch, field: Parameters<typeof fieldBytesMax>[0]): boolean {
  if (text.end - text.start > fieldBytesMax(field)) return false
  return texts.has(field)
    ? isClean(text) || isUnchanged(span, text, redactSecrets)
    : keepsName(span, text)
}

function keepsName(span: FastSpan, name: Stretch): boolean {
  if (isClean(name)) return true
  const isName = (name.bits & textBits.suspectName) === 0 && !isAddress(span, name)
  return isName || isUnchanged(span, name, redactSecretsInName)
}

/** The same of each text of a list. */
function keepsNames(span: FastSpan, list: FastAttribute): boolean {
  if (isClean(list)) return true
  const isName = (list.bits & textBits.suspectName) === 0 && !isAddress(span, list)
  return isName || isEachUnchanged(span, list)
}

function isEachUnchanged({ bytes }: FastSpan, { start, end }: Stretch): boolean {
  let isUnchanged = true
  eachText(bytes, { start, end }, (textStart, textEnd) => {
    const text = bytes.toString('utf8', textStart, textEnd)
    isUnchanged &&= redactSecretsInName(text) === text
  })
  return isUnchanged
}

/** True for a name that is searched as text is. */
function isAddress({ bytes }: FastSpan, { start, end }: Stretch): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === equals || (byte === colon && bytes[at + 1] === slash && bytes[at + 2] === slash))
      return true
  }
  return false
}

function isUnchanged(
  { bytes }: FastSpan,
  { start, end }: Stretch,
  redact: (text: string) => string,
): boolean {
  const kept = redact === redactSecrets ? keptTexts : keptNames
  if (kept.has(bytes, start, end)) return true
  const text = bytes.toString('utf8', start, end)
  if (redact(text) !== text) return false
  kept.add(bytes, start, end)
  return true
}

/** The texts, and the names, that were found to hold no secret. */
const keptTexts = new KeptTexts()
const keptNames = new KeptTexts()

/** True when a text begins with these bytes. */
function isWithin(known: Buffer, bytes: Buffer, { start, end }: Stretch): boolean {
  return known.length <= end - start && isAt(known, bytes, start)
}

/** True when a text is these bytes. */
export function isWhole(known: Buffer, bytes: Buffer, { start, end }: Stretch): boolean {
  return known.length === end - start && isAt(known, bytes, start)
}

/** The place of a choice among its words; −1 for another word. */
function memberAt({ bytes }: FastSpan, attribute: FastAttribute): number {
  const { members } = attribute.key
  for (let place = 0; place < members.length; place += 1) {
    const member = members[place]
    if (member !== undefined && isWhole(member, bytes, attribute)) return place
  }
  return -1
}

const traceDigits = 32
const refLength = 49

/** True for a reference in its canonical form, and for ''. */
function isRef({ bytes }: FastSpan, { start, end }: Stretch): boolean {
  if (start === end) return true
  if (end - start !== refLength || bytes[start + traceDigits] !== 0x2d) return false
  return (
    isId(bytes, start, start + traceDigits) &&
    isId(bytes, start + traceDigits + 1, start + refLength)
  )
}

/** Hex of lower case that is not all zero. */
function isId(bytes: Buffer, start: number, end: number): boolean {
  let isZero = true
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte !== 0x30) isZero = false
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return false
  }
  return !isZero
}

/** Names of files and rows in their canonical form, a type in front: no other name is settled without a string. */
function settleResource(span: FastSpan, settled: Settled): boolean {
  settled.resourceType = ''
  const resource = span.at(slot.resource)
  if (resource === undefined) return true
  const isTyped = span.at(slot.resourceType) !== undefined
  if (isTyped && isCanonical(span.bytes, resource)) return true
  const text = span.bytes.toString('utf8', resource.start, resource.end)
  const { id, type } = normalizeResource(text)
  if (id !== text) return false
  if (isTyped) return true
  settled.resourceType = type
  return isCleanType(type)
}

function isCleanType(type: string): boolean {
  const bytes = Buffer.from(type)
  return bytes.length <= fieldBytesMax('resourceType') && scanText(bytes, 0, bytes.length) === 0
}

const equals = 0x3d
const colon = 0x3a
const slash = 0x2f
const file = Buffer.from('file:/')

/** True for names that `normalizeResource` surely leaves as they are: `file:/…`, and `system:kind:path` in lower case. */
function isCanonical(bytes: Buffer, { start, end, bits }: Stretch): boolean {
  if ((bits & (textBits.beyondAscii | textBits.unlikeName)) !== 0) return false
  if (isWithin(file, bytes, { start, end, bits })) return bytes[start + file.length] !== slash
  let colons = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte <= 0x20 || byte >= 0x7f || (byte >= 0x41 && byte <= 0x5a)) return false
    // A URL, perhaps.
    if (byte === colon && bytes[at + 1] === slash) return false
    if (byte === colon) colons += 1
  }
  return colons === 2 && bytes[end - 1] !== slash
}
