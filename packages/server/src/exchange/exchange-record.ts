import { randomBytes } from 'node:crypto'
import type { JudgedExchange } from '@whodid/issuer'
import { blankRecord, canonicalJson, printableLine } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** The ingest client of Whodid's own records. No token may have this name, so nobody else's record can pass for one. */
const ownClientName = 'whodid'

/** The issuer and the moment of an exchange. */
interface Around {
  readonly tenant: string
  readonly issuer: string
  readonly atUnixNs: bigint
}

/**
 * Makes the record of an exchange: an action of the service Whodid on the instance that got a token, or on the issuer that refused one. It
 * holds no token. What a refused token claims stands under `claimed_`: nothing of it was verified.
 */
export function exchangeRecord(
  judged: JudgedExchange,
  { tenant, issuer, atUnixNs }: Around,
): LedgerRecord {
  const isIssued = judged.outcome === 'issued'
  const spanIdHex = randomBytes(8).toString('hex')
  const details = isIssued ? issuedDetails(judged) : refusedDetails(judged)
  const resourceType = isIssued ? 'whodid:instance' : 'whodid:issuer'
  const resource = isIssued ? judged.decided.instance.instance : issuer
  return {
    ...blankRecord(),
    tenant,
    exporter: ownClientName,
    channel: 'entitled',
    receivedUnixNs: atUnixNs,
    traceIdHex: randomBytes(16).toString('hex'),
    spanIdHex,
    startUnixNs: atUnixNs,
    endUnixNs: atUnixNs,
    name: 'whodid.exchange',
    serviceName: ownClientName,
    recordKind: 'action',
    actorType: 'service',
    verb: 'create',
    outcome: isIssued ? 'success' : 'denied',
    actionId: `whodid:exchange:${isIssued ? judged.tokenId : spanIdHex}`,
    resourceId: `${resourceType}:${resource}`,
    resourceType,
    attributes: canonicalJson(
      Object.fromEntries(
        Object.entries<unknown>({ issuer, ...details })
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => [`whodid.exchange.${name}`, value]),
      ),
    ),
  }
}

/** Everything that the scope was computed from, so that anybody can compute it again. */
function issuedDetails({
  decided,
  tokenId,
  expiresAtS,
}: Extract<JudgedExchange, { outcome: 'issued' }>): Readonly<Record<string, unknown>> {
  const { grant, instance, scope, sides, subjectTokenId } = decided
  return {
    token_id: tokenId,
    expires_at: new Date(expiresAtS * 1_000).toISOString(),
    instance: instance.instance,
    identity: instance.identity,
    template: instance.template,
    delegator: grant.delegator.id,
    delegator_issuer: grant.delegator.issuer,
    chain: grant.actors.map(({ subject }) => subject),
    task: grant.task,
    audience: grant.audience,
    human_scopes: sides.human,
    ceiling_scopes: sides.ceiling,
    task_scopes: sides.task,
    parent_scopes: sides.parent ?? undefined,
    granted_scopes: scope.granted,
    denied_scopes: scope.denied.map(({ scope: denied, by }) => `${by} ${denied}`),
    details: grant.details.length === 0 ? undefined : grant.details,
    key_thumbprint: grant.thumbprint,
    actor_token_id: instance.tokenId,
    actor_token_sha256: instance.evidence.sha256,
    subject_token_id: subjectTokenId,
  }
}

function refusedDetails(
  refused: Extract<JudgedExchange, { outcome: 'refused' }>,
): Readonly<Record<string, unknown>> {
  const { reason, audience, scopes, claimedTemplate } = refused
  return {
    refusal: reason,
    claimed_audience: audience === undefined ? undefined : printableLine(audience, 512),
    claimed_scopes: scopes.map((scope) => printableLine(scope, 256)),
    claimed_template:
      claimedTemplate === undefined ? undefined : printableLine(claimedTemplate, 512),
    actor_token_sha256: refused.actorTokenSha256,
    subject_token_sha256: refused.subjectTokenSha256,
  }
}
