import { redactSecrets } from '@whodid/model'
import type { Draft } from './draft.ts'
import type { Attributes, OtlpEvent, OtlpLink, Value } from './otlp/batch.ts'

/** A key whose value is a secret whatever it looks like. */
const secretKey =
  /(?:password|passwd|passphrase|secret|authorization|cookie|private[_.-]?key|api[_.-]?key|access[_.-]?key|(?:auth|access|refresh|bearer|id)[_.-]?token)$/iu

const withheld = '[redacted:attribute]'

/**
 * Takes secrets out of what a record says in text: content, result, messages, attributes, events and links. Identities
 * and references stay as they are, or nothing would join; a URL among them loses its secrets too.
 *
 * The draft's record is changed in place; attributes without a secret come back as they are.
 */
export function redact(draft: Draft): Draft {
  const { record } = draft
  record.name = redactSecrets(record.name)
  record.statusMessage = redactSecrets(record.statusMessage)
  record.approvalReason = redactSecrets(record.approvalReason)
  record.resourceId = redactUrl(record.resourceId)
  record.inputSource = redactUrl(record.inputSource)
  record.content = redactSecrets(record.content)
  record.result = redactSecrets(record.result)
  return {
    record,
    attributes: redactAttributes(draft.attributes),
    resource: redactResource(draft.resource),
    events: draft.events.length === 0 ? draft.events : draft.events.map(redactEvent),
    links: draft.links.length === 0 ? draft.links : draft.links.map(redactLink),
  }
}

function redactEvent(event: OtlpEvent): OtlpEvent {
  const attributes = redactAttributes(event.attributes)
  return { ...event, name: redactSecrets(event.name), attributes }
}

function redactLink(link: OtlpLink): OtlpLink {
  return { ...link, attributes: redactAttributes(link.attributes) }
}

/** `k8s:secret:prod/db` is the name of a thing; only in a URL can a part of a name be a secret. */
function redactUrl(text: string): string {
  return text.includes('://') ? redactSecrets(text) : text
}

/** Resources that were looked at: one stands behind all the spans of its group. */
const cleanResources = new WeakMap<Attributes, Attributes>()

function redactResource(resource: Attributes): Attributes {
  const known = cleanResources.get(resource)
  if (known !== undefined) return known
  const clean = redactAttributes(resource)
  cleanResources.set(resource, clean)
  return clean
}

function redactAttributes(attributes: Attributes): Attributes {
  let clean: Map<string, Value> | undefined
  for (const [key, value] of attributes) {
    const redacted = redactValue(key, value)
    if (redacted !== value) (clean ??= new Map(attributes)).set(key, redacted)
  }
  return clean ?? attributes
}

function redactValue(key: string, value: Value): Value {
  if (value === null || typeof value === 'boolean') return value
  if (isSecretKey(key)) return withheld
  if (typeof value === 'string') return redactSecrets(value)
  if (typeof value !== 'object' || value instanceof Uint8Array) return value
  return isMap(value) ? redactAttributes(value) : redactList(value)
}

function redactList(list: readonly Value[]): readonly Value[] {
  const clean = list.map((element) => redactValue('', element))
  return clean.every((element, index) => element === list[index]) ? list : clean
}

/** Keys that were looked at, each with what came of it. */
const keysKnown = new Map<string, boolean>()
const keysKnownMax = 4_096
const keyKnownLengthMax = 256

function isSecretKey(key: string): boolean {
  const known = keysKnown.get(key)
  if (known !== undefined) return known
  const isSecret = secretKey.test(key)
  if (keysKnown.size >= keysKnownMax) keysKnown.clear()
  if (key.length <= keyKnownLengthMax) keysKnown.set(key, isSecret)
  return isSecret
}

function isMap(value: readonly Value[] | Attributes): value is Attributes {
  return value instanceof Map
}
