import { redactSecrets } from '@whodid/model'
import type { Attributes, Value } from '../otlp/batch.ts'

/** A key whose value is a secret in any form. */
const secretKey =
  /(?:password|passwd|passphrase|passcode|(?:^|[._-])pwd|secret|authorization|cookie|private[_.-]?key|(?:api|access|secret|account|signing|encryption|subscription)[_.-]?key|(?:auth|access|refresh|bearer|id|session|security|api|vault|bot)[_.-]?token)$/iu

/** A key whose value is a secret if it looks like one. */
const doubtfulKey = /(?:token|credentials?|creds|jwt|key|pass|pw|otp)$/iu

const withheld = '[redacted:attribute]'

/**
 * Takes secrets out of attributes: out of their texts, bytes and keys, and every value under a key that names a secret.
 * Attributes without a secret come back as they are. Two keys that differ only by a secret get a number.
 */
export function redactAttributes(attributes: Attributes): Attributes {
  let clean: Map<string, Value> | undefined
  let isRenamed = false
  for (const [key, value] of attributes) {
    const known = redactKey(key)
    isRenamed ||= known.clean !== key
    const redacted = redactValue(known, value)
    if (redacted !== value) (clean ??= new Map(attributes)).set(key, redacted)
  }
  return isRenamed ? renamed(clean ?? attributes) : (clean ?? attributes)
}

function renamed(attributes: Attributes): Attributes {
  const clean = new Map<string, Value>()
  for (const [key, value] of attributes) {
    const name = redactKey(key).clean
    let free = name
    for (let count = 2; clean.has(free); count += 1) free = `${name}#${count}`
    clean.set(free, value)
  }
  return clean
}

function redactValue(key: RedactedKey, value: Value): Value {
  if (value === null || typeof value === 'boolean') return value
  if (key.isSecret) return withheld
  if (typeof value === 'string') return redactText(key, value)
  if (typeof value !== 'object') return value
  if (value instanceof Uint8Array) return redactBytes(value)
  return isMap(value) ? redactAttributes(value) : redactList(key, value)
}

function redactText(key: RedactedKey, text: string): string {
  const clean = redactSecrets(text)
  if (!key.isDoubtful || clean !== text || text.length > doubtfulLengthMax) return clean
  const pair = `${JSON.stringify(key.clean)}:${JSON.stringify(text)}`
  return redactSecrets(pair) === pair ? text : withheld
}

/** Characters of a text that is tried under its key; a longer one is no token. */
const doubtfulLengthMax = 4_096

/** Treats each byte as a character, so that bytes that are no text stay as they are. */
function redactBytes(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const clean = redactSecrets(text)
  return clean === text ? bytes : Buffer.from(clean, 'latin1')
}

function redactList(key: RedactedKey, list: readonly Value[]): readonly Value[] {
  const clean = list.map((element) => redactValue(key, element))
  return clean.every((element, index) => element === list[index]) ? list : clean
}

/** A key as redaction sees it. */
export interface RedactedKey {
  readonly clean: string
  /** True when its value is a secret in any form. */
  readonly isSecret: boolean
  /** True when its value is a secret if it looks like one. */
  readonly isDoubtful: boolean
}

/** Keys that were read, each with the result. */
const keysKnown = new Map<string, RedactedKey>()
const keysKnownMax = 4_096
const keyKnownLengthMax = 256

/** Looks at the key of an attribute. */
export function redactKey(key: string): RedactedKey {
  const known = keysKnown.get(key)
  if (known !== undefined) return known
  const end = key.slice(-keyKnownLengthMax)
  const seen = {
    clean: redactSecrets(key),
    isSecret: secretKey.test(end),
    isDoubtful: doubtfulKey.test(end),
  }
  if (keysKnown.size >= keysKnownMax) keysKnown.clear()
  if (key.length <= keyKnownLengthMax) keysKnown.set(key, seen)
  return seen
}

function isMap(value: readonly Value[] | Attributes): value is Attributes {
  return value instanceof Map
}
