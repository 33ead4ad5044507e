import { createHash } from 'node:crypto'
import type { Attributes } from '@opentelemetry/api'
import { canonicalJson, redactSecrets, attribute, normalizeResource } from '@whodid/model'
import type { Config } from '../config.ts'
import { put } from '../context/identity.ts'

/** Text read beyond the cut before redaction, so that a secret across the cut is still seen whole. */
const redactionOverlap = 4096

/**
 * The hash under which the ledger knows a content: `sha256:<hex>` of a string's UTF-8 bytes, of bytes as they are, and of
 * anything else's canonical JSON. So a prompt, a file or a message can be checked with `sha256sum` alone.
 *
 * @example
 * contentHash('Tidy up my notes') // 'sha256:…', the same as `printf 'Tidy up my notes' | sha256sum`
 */
export function contentHash(content: unknown): string {
  const bytes =
    typeof content === 'string' || content instanceof Uint8Array ? content : canonicalJson(content)
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Returns the part of a content that the capture policy lets out; undefined when its text stays here. `hash` is of the whole, as it was. */
export function captureContent(content: unknown, hash: string, config: Config): string | undefined {
  if (config.capture === 'none' || config.capture === 'hash') return undefined
  const text = typeof content === 'string' ? content : canonicalJson(content)
  return captureText(text, hash, config)
}

/** As {@link captureContent}, for remarks that have no hash of their own: an error's message, a reason. */
export function captureRemark(remark: string, config: Config): string | undefined {
  if (config.capture === 'none') return undefined
  if (config.capture === 'hash') return contentHash(remark)
  return captureText(remark, '', config)
}

function captureText(text: string, hash: string, config: Config): string {
  const lengthMax = config.textLengthMax
  const read = text.slice(0, lengthMax + redactionOverlap)
  const clean = config.capture === 'full' ? read : redactSecrets(read)
  if (text.length <= lengthMax && clean.length <= 2 * lengthMax) return clean
  const whole = hash === '' ? contentHash(text) : hash
  return `${clean.slice(0, lengthMax).toWellFormed()}…[cut: ${lengthMax} of ${text.length} characters; ${whole}]`
}

/**
 * The attributes of what a call touched, under its canonical name. Secrets in the query of a URL are redacted; other names are
 * left alone, because a row whose number looks like a card's must still be found.
 */
export function resourceAttributes(name: string | undefined, config: Config): Attributes {
  const attributes: Attributes = {}
  if (name === undefined || name === '') return attributes
  const { id, type } = normalizeResource(name)
  const isUrl = /^https?:/u.test(id)
  put(attributes, attribute.resourceId, isUrl && config.capture !== 'full' ? redactSecrets(id) : id)
  put(attributes, attribute.resourceType, type)
  return attributes
}
