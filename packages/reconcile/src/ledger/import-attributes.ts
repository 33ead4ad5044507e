import { WhodidError } from '@whodid/model'
import type { AgentMark, CarriedIds, ImportedEvent } from '../event/imported-event.ts'
import { nothingCarried } from '../event/imported-event.ts'
import { isObject, listAt, textAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'

/** Attributes of a record: text, and lists of text. */
export type ImportAttributes = Readonly<Record<string, string | readonly string[]>>

const prefix = 'whodid.import.'

/** UTF-16 units of a value, encoded: what the ledger takes for a name and not for text. A longer one stands in the event's body alone. */
const valueLengthMax = 256
/** Marks of an event. */
const marksMax = 16

/** The fields that are text, by the last word of their attribute. */
const fields = [
  'id',
  'system',
  'operation',
  'verb',
  'outcome',
  'resource',
  'person',
  'principal',
] as const

/** Redaction takes an attribute whose name ends in `credential` for a secret. */
const credentialField = 'credential_id'

const carriedNames: Readonly<Record<keyof CarriedIds, string>> = {
  traceIdHex: 'carried.trace',
  spanIdHex: 'carried.span',
  action: 'carried.action',
  instance: 'carried.instance',
  template: 'carried.template',
  delegator: 'carried.delegator',
  toolCall: 'carried.tool_call',
}

/** Returns the attributes of an event's record; {@link readImportAttributes} reads them. */
export function importAttributes(event: ImportedEvent): ImportAttributes {
  const attributes: Record<string, string | readonly string[]> = {}
  const set = (name: string, value: string): void => {
    const encoded = encodeName(value)
    if (encoded !== '' && encoded.length <= valueLengthMax) attributes[`${prefix}${name}`] = encoded
  }
  for (const field of fields) set(field, event[field])
  set(credentialField, event.credential)
  for (const [key, name] of Object.entries(carriedNames))
    // The entries of a record are its keys.
    set(name, event.carried[key as keyof CarriedIds])
  const marks = event.marks
    .slice(0, marksMax)
    .map(({ by, field, value }) => [by, field, value].map(encodeMark).join(','))
    .filter((mark) => mark.length <= valueLengthMax)
  if (marks.length > 0) attributes[`${prefix}marks`] = marks
  return attributes
}

/** Reads the event of a record's attributes, as JSON. Throws `invalid_body` where they are none. */
export function readImportAttributes(attributes: string, atUnixNs: bigint): ImportedEvent {
  const from: unknown = JSON.parse(attributes)
  if (!isObject(from)) throw new WhodidError('invalid_body', 'attributes expected an object')
  const text = (name: string): string => decodeName(textAt(from, `${prefix}${name}`))
  const outcome = text('outcome')
  const carried: Record<keyof CarriedIds, string> = { ...nothingCarried }
  for (const [key, name] of Object.entries(carriedNames))
    // The entries of a record are its keys.
    carried[key as keyof CarriedIds] = text(name)
  return {
    id: text('id'),
    atUnixNs,
    system: text('system'),
    operation: text('operation'),
    verb: text('verb'),
    outcome: outcome === 'success' || outcome === 'failure' || outcome === 'denied' ? outcome : '',
    resource: text('resource'),
    person: text('person'),
    principal: text('principal'),
    credential: text(credentialField),
    marks: marksOf(from),
    carried,
  }
}

function marksOf(from: JsonObject): readonly AgentMark[] {
  return listAt(from, `${prefix}marks`).flatMap((mark): readonly AgentMark[] => {
    if (typeof mark !== 'string') return []
    const [by = '', field = '', value = ''] = mark.split(',').map(decodeName)
    return by === 'system' || by === 'client' ? [{ by, field, value }] : []
  })
}

/** Returns a value as a record has it: without white space, quotes, braces and angle brackets, which the ledger takes for text and keeps apart. */
export function encodeName(value: string): string {
  return value
    .toWellFormed()
    .slice(0, valueLengthMax + 1)
    .toWellFormed()
    .replaceAll(/[%\s"{}<>\p{Cc}]/gu, (character) => encodeURIComponent(character))
}

function encodeMark(part: string): string {
  return encodeName(part).replaceAll(',', '%2C')
}

function decodeName(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Redaction may have cut an escape in two: the value stays as the record has it.
    return value
  }
}
