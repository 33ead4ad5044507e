import { createHash, createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey } from 'node:crypto'
import { keyThumbprint, readSeal, sealDigest, verifySeal } from '@whodid/identity/seal'
import { attribute, parseInstant } from '@whodid/model'
import type { RecordRow } from '@whodid/model'

/**
 * Checks the seals of proven records again, from what stands among them: the seal, the instance token and the issuer's key. Returns the line that
 * says of how many records that could be done; none where no record is sealed. A record whose seal or token is not here cannot be checked again.
 * One that is not what its seal covers is named apart: a part of it was redacted, or came from elsewhere than the span.
 *
 * Throws an Error where a seal is not by its token's key, or a token not by its issuer's: the collector that wrote `verified` was wrong.
 */
export function sealLines(rows: readonly RecordRow[]): string[] {
  const marked = rows
    .map((row): Marked => ({ row, own: attributesOf(row) }))
    .filter(({ own }) => own[attribute.sealResult] === 'verified')
  const sealed = marked.filter(({ own }) => own[attribute.sealJws] === undefined)
  if (sealed.length === 0) return []
  const seals = sealsIn(marked)
  const tokens = tokensIn(rows)
  const known = new Map<string, ReadonlyMap<string, string>>()
  const findingOf = ({ row, own }: Marked): Finding => {
    const found = seals.get(sealKeyOf(textIn(own, attribute.sealId), own)) ?? []
    const token = tokens.get(textIn(own, attribute.sealToken))
    if (found.length === 0 || token === undefined) return 'elsewhere'
    const isCoveredBy = (seal: string): boolean => {
      const leaves = known.get(seal) ?? checkedLeaves(seal, own, token)
      known.set(seal, leaves)
      const digest = leaves.get(refOf(row))
      return digest !== undefined && isDigestOf(digest, row, own)
    }
    return found.some(isCoveredBy) ? 'checked' : 'differs'
  }
  const findings = sealed.map(findingOf)
  const countOf = (finding: Finding): number => findings.filter((one) => one === finding).length
  const [left, differing] = [countOf('elsewhere'), countOf('differs')]
  const more =
    left === 0 ? '' : `; of ${left} more the collector says so: their seal or token is not here`
  const other =
    differing === 0
      ? ''
      : `; ${differing} more hold what their seal, which is here, does not cover: a text of theirs was redacted, or a part of them came from elsewhere than the signed span`
  return [
    `SEALED: ${countOf('checked')} records are signed by the key of their instance, checked here from token, key and seal${more}${other}`,
  ]
}

/** What can be said here of a record that the collector calls sealed. */
type Finding = 'checked' | 'elsewhere' | 'differs'

type Attributes = Readonly<Record<string, unknown>>

interface Marked {
  readonly row: RecordRow
  readonly own: Attributes
}

/** Seals under one span ID and token that are tried. Anybody can send a copy of another seal under an ID that was seen. */
const sealsOfSpanMax = 8

/** The seals by the span that carries them and their token: what another instance sends under the same ID is none of these. */
function sealsIn(marked: readonly Marked[]): ReadonlyMap<string, readonly string[]> {
  const seals = new Map<string, string[]>()
  for (const { row, own } of marked) {
    const seal = own[attribute.sealJws]
    if (typeof seal !== 'string') continue
    const key = sealKeyOf(refOf(row), own)
    const known = seals.get(key) ?? []
    if (known.length < sealsOfSpanMax && !known.includes(seal)) seals.set(key, [...known, seal])
  }
  return seals
}

function sealKeyOf(ref: string, own: Attributes): string {
  return `${ref} ${textIn(own, attribute.sealToken)}`
}

/** The records of tokens: Whodid's own, which no sender can make. */
function tokensIn(rows: readonly RecordRow[]): ReadonlyMap<string, Attributes> {
  return new Map(
    rows
      .filter((row) => row['exporter'] === 'whodid' && row['name'] === 'whodid.credential')
      .map((row) => {
        const own = attributesOf(row)
        return [textIn(own, attribute.identityToken), own]
      }),
  )
}

/** The digests of a seal by span, once the token is its issuer's, and the seal its token's. */
function checkedLeaves(
  seal: string,
  own: Attributes,
  issued: Attributes,
): ReadonlyMap<string, string> {
  const token = textIn(issued, 'whodid.credential.jws')
  const hash = createHash('sha256').update(token).digest('base64url')
  if (hash !== own[attribute.sealToken])
    throw new Error('an instance token is not that of its hash')
  // Sound: what is no such key is refused by the import of it.
  const issuerKey = parse(textIn(issued, 'whodid.credential.issuer_key')) as JsonWebKey
  const claims = claimsOf(token, issuerKey)
  // Sound: as above.
  const { jwk } = (claims['cnf'] ?? {}) as { jwk?: JsonWebKey }
  const { kty = '', crv = '', x = '', y = '' } = jwk ?? {}
  const key = { kty, crv, x, y }
  const read = readSeal(seal)
  const isOfToken =
    read.tokenHash === hash &&
    read.issuer === claims['sub'] &&
    keyThumbprint(key) === own[attribute.sealKey]
  if (!isOfToken || !verifySeal(read, createPublicKey({ key, format: 'jwk' })))
    throw new Error('a seal is not signed by the key of its token')
  return read.leaves
}

/** The claims of a token by this key: ES256, and nothing else. */
function claimsOf(token: string, { kty = '', crv = '', x = '', y = '' }: JsonWebKey): Attributes {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const key = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' })
  const by = { key, dsaEncoding: 'ieee-p1363' as const }
  const bytes = Buffer.from(`${header}.${payload}`)
  const isSigned = verify('sha256', bytes, by, Buffer.from(signature, 'base64url'))
  if (decoded(header)['alg'] !== 'ES256' || crv !== 'P-256' || !isSigned)
    throw new Error('an instance token is not signed by the key of its issuer')
  return decoded(payload)
}

/** True when a seal's digest is that of a record, as its span may have stated it. */
function isDigestOf(digest: string, row: RecordRow, own: Attributes): boolean {
  const inferable = [...inferableKeys, ...unbackedKeys(own)].filter(
    ([key, column]) => sentText(row, own, [key, column]) !== '',
  )
  // At most nine keys may be inferred, and so unsigned: 512 forms of a record at most.
  for (let form = 0; form < 2 ** inferable.length; form += 1) {
    const unsaid = new Set(inferable.filter((_, place) => (form >> place) & 1).map(([key]) => key))
    if (digest === digestOf(row, own, unsaid)) return true
  }
  return false
}

/** What the collector infers where a span does not state it, by key and column. */
const inferableKeys: readonly KeyAndColumn[] = [
  [attribute.recordKind, 'record_kind'],
  [attribute.actorType, 'actor_type'],
  [attribute.actionVerb, 'verb'],
  [attribute.actionOutcome, 'outcome'],
  [attribute.toolName, 'tool_name'],
]

/** The names that the collector does not say that the seal backs: they may have been filled in. */
function unbackedKeys(own: Attributes): readonly KeyAndColumn[] {
  const claims = textIn(own, attribute.sealClaims).split(' ')
  const keys: KeyAndColumn[] = []
  if (!claims.includes('template')) keys.push([attribute.templateId, 'template_id'])
  if (!claims.includes('delegator'))
    keys.push(
      [attribute.delegatorId, 'delegator_id'],
      [attribute.delegatorIssuer, 'delegator_issuer'],
      [attribute.delegatorType, 'delegator_type'],
    )
  return keys
}

type KeyAndColumn = readonly [key: string, column: string]

/** A text as it was sent: a value that the collector changed stands beside the column. */
function sentText(row: RecordRow, own: Attributes, [key, column]: KeyAndColumn): string {
  const value = own[key]
  return typeof value === 'string' ? value : String(row[column] ?? '')
}

/** The digest of a record as it was sent, without the texts that its span did not state. */
function digestOf(row: RecordRow, own: Attributes, unsaid: ReadonlySet<string>): string {
  const sent = (key: string, column: string): string =>
    unsaid.has(key) ? '' : sentText(row, own, [key, column])
  return sealDigest({
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    parentSpanId: String(row['parent_span_id']),
    startUnixNs: parseInstant(String(row['ts']), 'ts'),
    endUnixNs: parseInstant(String(row['end_ts']), 'end_ts'),
    instance: sent(attribute.instanceId, 'instance_id'),
    template: sent(attribute.templateId, 'template_id'),
    delegator: sent(attribute.delegatorId, 'delegator_id'),
    delegatorIssuer: sent(attribute.delegatorIssuer, 'delegator_issuer'),
    correlation: sent(attribute.correlationId, 'correlation_id'),
    credential: sent(attribute.credentialId, 'credential_id'),
    verb: sent(attribute.actionVerb, 'verb'),
    resource: sent(attribute.resourceId, 'resource_id'),
    argumentsHash: sent(attribute.toolArgumentsHash, 'arguments_hash'),
    resultHash: sent(attribute.toolResultHash, 'result_hash'),
    kind: sent(attribute.recordKind, 'record_kind'),
    actorType: sent(attribute.actorType, 'actor_type'),
    delegatorType: sent(attribute.delegatorType, 'delegator_type'),
    actionId: sent(attribute.actionId, 'action_id'),
    outcome: sent(attribute.actionOutcome, 'outcome'),
    parentInstance: sent(attribute.instanceParentId, 'instance_parent_id'),
    tool: sent(attribute.toolName, 'tool_name'),
    prompt: sent(attribute.promptRef, 'prompt_ref'),
  })
}

function refOf(row: RecordRow): string {
  return `${String(row['trace_id'])}-${String(row['span_id'])}`
}

function textIn(attributes: Attributes, key: string): string {
  const value = attributes[key]
  return typeof value === 'string' ? value : ''
}

function attributesOf(row: RecordRow): Attributes {
  return parse(String(row['attributes'] ?? ''))
}

function decoded(part: string): Attributes {
  return parse(Buffer.from(part, 'base64url').toString('utf8'))
}

/** A JSON object; an empty one where the text is none. */
function parse(text: string): Attributes {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
