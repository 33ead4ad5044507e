import { createHash } from 'node:crypto'

/** The texts of a span that a seal covers; '' where the span does not state one. */
export interface SealedTexts {
  /** Lower-case hex. */
  readonly traceId: string
  readonly spanId: string
  /** '' at a root. */
  readonly parentSpanId: string
  /** Nanoseconds since 1970. */
  readonly startUnixNs: bigint
  readonly endUnixNs: bigint
  readonly instance: string
  readonly template: string
  readonly delegator: string
  readonly delegatorIssuer: string
  readonly correlation: string
  readonly credential: string
  readonly verb: string
  readonly resource: string
  readonly argumentsHash: string
  readonly resultHash: string
  readonly kind: string
  readonly actorType: string
  readonly delegatorType: string
  readonly actionId: string
  readonly outcome: string
  readonly parentInstance: string
  readonly tool: string
  readonly prompt: string
}

/** Stands first in every digest, so that a later list of texts has other digests. */
const version = 'whodid-seal-2'

/**
 * Returns the digest of a span: SHA-256, base64url, over a closed list of texts, each behind its length in bytes of UTF-8. Neither
 * attributes outside of the list nor the resource count: a collector on the way may add to both.
 */
export function sealDigest(texts: SealedTexts): string {
  const { traceId, spanId, parentSpanId, startUnixNs, endUnixNs } = texts
  const { instance, template, delegator, delegatorIssuer, correlation } = texts
  const { credential, verb, resource, argumentsHash, resultHash } = texts
  const { kind, actorType, delegatorType, actionId, outcome, parentInstance, tool, prompt } = texts
  const list = [
    version,
    traceId,
    spanId,
    parentSpanId,
    startUnixNs.toString(),
    endUnixNs.toString(),
    instance,
    template,
    delegator,
    delegatorIssuer,
    correlation,
    credential,
    verb,
    resource,
    argumentsHash,
    resultHash,
    kind,
    actorType,
    delegatorType,
    actionId,
    outcome,
    parentInstance,
    tool,
    prompt,
  ]
  let joined = ''
  for (const text of list) joined += `${Buffer.byteLength(text)}:${text},`
  return createHash('sha256').update(joined).digest('base64url')
}
