import { attribute } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, Value } from '../otlp/batch.ts'
import type { SealMark } from './seal-view.ts'

/** Keys that the collector alone writes: a sender's value under one would be a grade that it gave itself. */
const reserved: ReadonlySet<string> = new Set([
  attribute.sealResult,
  attribute.sealKey,
  attribute.sealToken,
  attribute.sealClaims,
])

/** The largest value of the column of dropped attributes. */
const droppedCountMax = 2 ** 32 - 1

/** Takes away what a sender wrote under the collector's own keys, and counts it. */
export function withoutSealMarks(attributes: Attributes, record: LedgerRecord): Attributes {
  let kept: Map<string, Value> | undefined
  for (const key of reserved)
    if (attributes.has(key)) {
      kept ??= new Map(attributes)
      kept.delete(key)
      record.droppedCount = Math.min(record.droppedCount + 1, droppedCountMax)
    }
  return kept ?? attributes
}

/**
 * The attributes of a mark. They are written behind redaction, which takes a seal for a secret: it is none, since it opens nothing.
 */
export function sealAttributes({ result, token, claims, jws, seal }: SealMark): Attributes {
  const written: (readonly [string, string])[] = [[attribute.sealResult, result]]
  if (token !== undefined)
    written.push([attribute.sealKey, token.instance.thumbprint], [attribute.sealToken, token.hash])
  if (claims.length > 0) written.push([attribute.sealClaims, claims.join(' ')])
  // The seal that was found, whichever the sender has named.
  if (seal !== undefined) written.push([attribute.sealId, seal])
  if (jws !== undefined) written.push([attribute.sealJws, jws])
  return new Map<string, Value>(written)
}
