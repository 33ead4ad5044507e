import { attribute } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { textOf } from './telemetry.ts'
import type { Telemetry } from './telemetry.ts'

/**
 * Scopes whose `gen_ai.agent.id` names a running instance (a LangChain run, a CrewAI object, an Agent 365 identity) and
 * not the agent as deployed, against what the semantic conventions say of that attribute.
 */
const instanceScopes = /^opentelemetry\.instrumentation\.(?:langchain|crewai)$|^Agent365Sdk/u

export function isInstanceScope(scopeName: string): boolean {
  return instanceScopes.test(scopeName)
}

/**
 * True when a span's own `gen_ai.agent.id` is that of an object in its process, and the agent's name beside it the name of
 * what was deployed: Semantic Kernel, Microsoft Agent Framework and AutoGen send it so. A record that speaks Whodid's
 * names means the template by it, in any form.
 */
export function namesObject({ attributes }: Pick<Telemetry, 'attributes'>): boolean {
  const id = textOf(attributes, attribute.templateId)
  const name = textOf(attributes, attribute.templateName)
  return id !== '' && name !== '' && id !== name && isObjectId(id) && !speaksWhodid(attributes)
}

/** True when any of a record's own attributes is Whodid's. */
export function speaksWhodid(attributes: Attributes): boolean {
  for (const key of attributes.keys()) if (key.startsWith('whodid.')) return true
  return false
}

/** UTF-16 units of an ID that is looked at; a longer one is no object's. */
const idLengthMax = 512

const uuidLength = 36
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu
const hex = /^[0-9a-f]+$/iu
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u

/** Fewer hex digits could be a word or a version. */
const hexLengthMin = 8
/** So many hex digits are no word, even without a digit or a letter among them. */
const hexLengthSure = 24

const separators = '_-/:.#@|~ '

/**
 * True when an ID was made up for one object of a running process, and does not identify the deployed agent: a UUID in any of
 * its forms, a long hex number, a ULID, or one of these behind a name, as `clerk_6ba7…`.
 */
export function isObjectId(text: string): boolean {
  if (text.length > idLengthMax) return false
  const id = bare(text)
  return isRandom(id) || isRandom(lastPart(id))
}

/** Without `urn:uuid:`, braces and `0x`. */
function bare(text: string): string {
  const id = text.trim()
  const inner = id.startsWith('{') && id.endsWith('}') ? id.slice(1, -1) : id
  if (inner.toLowerCase().startsWith('urn:uuid:')) return inner.slice('urn:uuid:'.length)
  return inner.toLowerCase().startsWith('0x') ? inner.slice(2) : inner
}

/** The part behind the last separator; a UUID, which has separators of its own, whole. */
function lastPart(id: string): string {
  const before = id.at(-uuidLength - 1)
  if (before !== undefined && separators.includes(before) && uuid.test(id.slice(-uuidLength)))
    return id.slice(-uuidLength)
  let start = id.length
  while (start > 0 && !separators.includes(id[start - 1] ?? '')) start -= 1
  return id.slice(start)
}

function isRandom(part: string): boolean {
  if (uuid.test(part) || ulid.test(part)) return true
  if (part.length < hexLengthMin || !hex.test(part)) return false
  return part.length >= hexLengthSure || (/\d/u.test(part) && /[a-f]/iu.test(part))
}
