import type { RecordedRevocation } from '@whodid/api'
import { attribute, blankRecord, canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** The ingest client of Whodid's own records. No token may have this name, so nobody else's record can pass for one. */
const ownClientName = 'whodid'

const verbOf = { revoke: 'delete', pause: 'update', resume: 'update' } as const

/**
 * Makes the record of a revocation: an action of the service Whodid on the object that is stopped. The same revocation makes the same
 * record, which the log takes once.
 */
export function revocationRecord(revocation: RecordedRevocation): LedgerRecord {
  const { id, seq, tenant, action, target, cascade, cause, initiator, atUnixNs, record } =
    revocation
  const [traceIdHex = '', spanIdHex = ''] = record.split('-')
  return {
    ...blankRecord(),
    tenant,
    exporter: ownClientName,
    channel: 'entitled',
    receivedUnixNs: atUnixNs,
    traceIdHex,
    spanIdHex,
    startUnixNs: atUnixNs,
    endUnixNs: atUnixNs,
    name: `whodid.${action}`,
    serviceName: ownClientName,
    recordKind: 'action',
    actorType: 'service',
    verb: verbOf[action],
    outcome: 'success',
    actionId: `whodid:${action}:${id}`,
    resourceId: `whodid:${target.kind}:${target.id}`,
    resourceType: `whodid:${target.kind}`,
    attributes: canonicalJson({
      [attribute.revocationId]: id,
      [attribute.revocationAction]: action,
      [attribute.revocationTargetKind]: target.kind,
      [attribute.revocationTargetId]: target.id,
      [attribute.revocationCause]: cause,
      [attribute.revocationInitiatorId]: initiator,
      'whodid.revocation.seq': seq,
      'whodid.revocation.cascade': cascade,
    }),
  }
}
