import type { Attributes } from '@opentelemetry/api'
import { attribute, normalizeResource } from '@whodid/model'
import type { InputTrust } from '@whodid/model'
import { scopeHere } from '../context/carrier-scope.ts'
import { captureContent, contentHash } from './content.ts'
import { put } from '../context/identity.ts'
import { recordInstant, refOf } from './record.ts'
import type { Recorded } from './record.ts'

/**
 * The source of content that enters a model's context, and the trust in it.
 *
 * @example
 * const origin: InputOrigin = { source: 'github:issue:acme/app/901', trust: 'untrusted' }
 */
export interface InputOrigin {
  /** Resource or URL. Default: the resource of the tool call it came through. */
  readonly source?: string
  /** Default `unknown`. Content that an outsider can write is `untrusted`. */
  readonly trust?: InputTrust
}

/**
 * Records that content entered the model's context otherwise than through a `tool` (which takes `input` itself): an
 * attachment, a retrieved page, a message. The ledger shows it among what the model had read before it acted.
 *
 * @example
 * await input({ source: 'https://github.com/acme/app/issues/901', trust: 'untrusted' }, issue.body)
 */
export function input(origin: InputOrigin, content: unknown): Promise<Recorded> {
  const hash = contentHash(content)
  const span = recordInstant(scopeHere(), {
    kind: 'input',
    name: 'input',
    attributes: ({ config }) => {
      const text = captureContent(content, hash, config)
      return {
        ...putInput(origin, '', hash),
        ...(text === undefined ? {} : { [attribute.toolCallResult]: text }),
      }
    },
  })
  return Promise.resolve({ ref: refOf(span), hash })
}

/** The attributes of a span through which content entered; none without an origin. */
export function putInput(
  origin: InputOrigin | undefined,
  sourceDefault: string,
  hash: string,
): Attributes {
  const attributes: Attributes = {}
  if (origin === undefined) return attributes
  const source = origin.source === undefined ? sourceDefault : normalizeResource(origin.source).id
  put(attributes, attribute.inputSource, source)
  put(attributes, attribute.inputHash, hash)
  attributes[attribute.inputTrust] = origin.trust ?? 'unknown'
  return attributes
}
