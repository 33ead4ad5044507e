import { createHash } from 'node:crypto'
import { attribute, blankRecord, canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { RegisteredToken } from './instance-tokens.ts'

/** The ingest client of Whodid's own records. No token may have this name, so nobody else's record can pass for one. */
const ownClientName = 'whodid'

/**
 * Makes the record of a token that was registered: the token whole, and the issuer's key as it was. Whoever later checks a seal has what
 * it takes, and a token that should not have been issued stands in the log for everybody to see. A token that is registered again makes the
 * same record, which the log takes once.
 */
export function tokenRecord(
  token: string,
  {
    hash,
    instance,
    exporter,
    tenant,
  }: Pick<RegisteredToken, 'hash' | 'instance' | 'exporter' | 'tenant'>,
  nowUnixNs: bigint,
): LedgerRecord {
  const issuedUnixNs = BigInt(Math.floor(instance.issuedAtS)) * 1_000_000_000n
  const { traceId, spanId } = tokenSpan(token)
  return {
    ...blankRecord(),
    tenant,
    exporter: ownClientName,
    channel: 'entitled',
    receivedUnixNs: nowUnixNs,
    traceIdHex: traceId,
    spanIdHex: spanId,
    startUnixNs: issuedUnixNs,
    endUnixNs: issuedUnixNs,
    name: 'whodid.credential',
    serviceName: ownClientName,
    recordKind: 'action',
    actorType: 'service',
    verb: 'create',
    outcome: 'success',
    actionId: `whodid:credential:${hash}`,
    resourceId: `whodid:credential:${hash}`,
    resourceType: 'whodid:credential',
    attributes: canonicalJson({
      [attribute.identityToken]: hash,
      'whodid.credential.jws': token,
      'whodid.credential.instance': instance.instance,
      'whodid.credential.template': instance.template,
      'whodid.credential.registered_by': exporter,
      'whodid.credential.issuer_key': canonicalJson({ ...instance.evidence.issuerKey }),
    }),
  }
}

/** The span under which a token stands in the ledger: the first 24 bytes of its SHA-256. */
function tokenSpan(token: string): { readonly traceId: string; readonly spanId: string } {
  const digest = createHash('sha256').update(token).digest('hex')
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) }
}
