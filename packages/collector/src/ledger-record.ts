import { createHash } from 'node:crypto'
import { blankRecord, canonicalJson } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'

/** Tenant of what concerns a whole log. No reader's token has it. */
const systemTenant = 'whodid.system'

/**
 * Something that the ledger itself has to say: `heartbeat` that it lived, `key_epoch` that a key takes over, `hole` that damage has emptied this place, `damage` that damage took records whose leaves are sealed.
 */
export interface LedgerEvent {
  readonly event: 'heartbeat' | 'key_epoch' | 'hole' | 'damage'
  readonly details: Readonly<Record<string, string | number>>
}

/**
 * Makes the record of something that the ledger says itself. Equal events are one record, whenever they are said: what may
 * happen twice has its time or its place among its details.
 */
export function ledgerRecord({ event, details }: LedgerEvent, nowUnixNs: bigint): LedgerRecord {
  const attributes = canonicalJson({ 'whodid.ledger.event': event, ...details })
  const digest = createHash('sha256').update(attributes).digest('hex')
  return {
    ...blankRecord(),
    tenant: systemTenant,
    exporter: 'whodid',
    channel: 'entitled',
    signal: 'log',
    receivedUnixNs: nowUnixNs,
    traceIdHex: digest.slice(0, 32),
    spanIdHex: digest.slice(32, 48),
    startUnixNs: nowUnixNs,
    endUnixNs: nowUnixNs,
    name: `whodid.ledger.${event}`,
    serviceName: 'whodid',
    actorType: 'service',
    attributes,
  }
}
