import type { Attributes } from '@opentelemetry/api'
import { attribute, normalizeResource, redactSecrets } from '@whodid/model'
import type { Config } from './config.ts'
import { put } from './identity.ts'

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
