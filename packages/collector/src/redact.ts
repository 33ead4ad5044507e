import { redactSecrets } from '@whodid/model'
import type { Draft } from './draft.ts'
import type { Attributes, Value } from './otlp/batch.ts'

/** A key whose value is a secret whatever it looks like. */
const secretKey =
  /(?:password|passwd|passphrase|secret|authorization|cookie|private[_.-]?key|api[_.-]?key|access[_.-]?key|(?:auth|access|refresh|bearer|id)[_.-]?token)$/iu

const withheld = '[redacted:attribute]'

/**
 * Takes secrets out of what a record says in text: content, result, messages, attributes, events and links. Identities
 * and references stay as they are, or nothing would join; a URL among them loses its secrets too.
 */
export function redact(draft: Draft): Draft {
  const { record } = draft
  return {
    record: {
      ...record,
      name: redactSecrets(record.name),
      statusMessage: redactSecrets(record.statusMessage),
      approvalReason: redactSecrets(record.approvalReason),
      resourceId: redactUrl(record.resourceId),
      inputSource: redactUrl(record.inputSource),
      content: redactSecrets(record.content),
      result: redactSecrets(record.result),
    },
    attributes: redactAttributes(draft.attributes),
    resource: redactAttributes(draft.resource),
    events: draft.events.map((event) => ({
      ...event,
      name: redactSecrets(event.name),
      attributes: redactAttributes(event.attributes),
    })),
    links: draft.links.map((link) => ({
      ...link,
      attributes: redactAttributes(link.attributes),
    })),
  }
}

/** `k8s:secret:prod/db` is the name of a thing; only in a URL can a part of a name be a secret. */
function redactUrl(text: string): string {
  return text.includes('://') ? redactSecrets(text) : text
}

function redactAttributes(attributes: Attributes): Attributes {
  const clean = new Map<string, Value>()
  for (const [key, value] of attributes) clean.set(key, redactValue(key, value))
  return clean
}

function redactValue(key: string, value: Value): Value {
  if (value === null || typeof value === 'boolean') return value
  if (secretKey.test(key)) return withheld
  if (typeof value === 'string') return redactSecrets(value)
  if (typeof value !== 'object' || value instanceof Uint8Array) return value
  return isMap(value) ? redactAttributes(value) : value.map((element) => redactValue('', element))
}

function isMap(value: readonly Value[] | Attributes): value is Attributes {
  return value instanceof Map
}
