import { blankRecord, canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** The kinds of acts on evidence. */
export type RetentionKind =
  'erasure' | 'expiry' | 'prune' | 'hold' | 'release' | 'export' | 'evidence' | 'loss'

/** The ingest client of Whodid's own records. No token may have this name, so nobody else's record can pass for one. */
export const ownClientName = 'whodid'

/** An act on evidence, as it is recorded. Holds nothing of the person whom an erasure is about. */
export interface RetentionAct {
  readonly kind: RetentionKind
  /** 16 hex digits. */
  readonly id: string
  readonly tenant: string
  readonly atUnixNs: bigint
  readonly traceIdHex: string
  readonly spanIdHex: string
  /** The object of the act: `whodid:content:<key>`, `whodid:log:<log>`, `whodid:case:<case>`, `whodid:export:<SHA-256>`, `whodid:evidence:<SHA-256>`. */
  readonly resourceId: string
  readonly requestedBy: string
  readonly reason: string
  readonly caseId: string
  /** More details of the act, by name under `whodid.custody.`. */
  readonly more?: Readonly<Record<string, string>>
}

const verbOf: Readonly<Record<RetentionKind, string>> = {
  erasure: 'delete',
  expiry: 'delete',
  prune: 'delete',
  hold: 'create',
  release: 'delete',
  export: 'read',
  evidence: 'read',
  loss: 'approve',
}

/**
 * Makes the record of an act on evidence: an action of the service Whodid on the object of the act, so that "who did this?"
 * finds it. The same act makes the same record, which the log takes once.
 */
export function retentionRecord(act: RetentionAct): LedgerRecord {
  const details = {
    kind: act.kind,
    id: act.id,
    requested_by: act.requestedBy,
    reason: act.reason,
    case: act.caseId,
    ...act.more,
  }
  return {
    ...blankRecord(),
    tenant: act.tenant,
    exporter: ownClientName,
    channel: 'entitled',
    receivedUnixNs: act.atUnixNs,
    traceIdHex: act.traceIdHex,
    spanIdHex: act.spanIdHex,
    startUnixNs: act.atUnixNs,
    endUnixNs: act.atUnixNs,
    name: `whodid.${act.kind}`,
    serviceName: ownClientName,
    recordKind: 'action',
    actorType: 'service',
    verb: verbOf[act.kind],
    outcome: 'success',
    actionId: `whodid:${act.kind}:${act.id}`,
    resourceId: act.resourceId,
    resourceType: act.resourceId.split(':').slice(0, 2).join(':'),
    attributes: canonicalJson(
      Object.fromEntries(
        Object.entries(details)
          .filter(([, value]) => value !== '')
          .map(([name, value]) => [`whodid.custody.${name}`, value]),
      ),
    ),
  }
}
