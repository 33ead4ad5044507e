import { blankRecord } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { channelOf } from './channel-of.ts'
import type { Telemetry } from './conventions/telemetry.ts'
import type { Draft } from './draft.ts'
import type { Exporter } from './exporter.ts'
import { fillClaims } from './fill-claims.ts'
import type { OtlpGroup } from './otlp/batch.ts'

/** What is true of a whole request. */
export interface Reception {
  readonly exporter: Exporter
  readonly receivedUnixNs: bigint
}

/** One span or log record, seen in both ways. */
export interface Received {
  readonly telemetry: Telemetry
  readonly envelope: Partial<LedgerRecord>
  readonly group: Pick<OtlpGroup<unknown>, 'resource' | 'scope'>
  readonly links: Draft['links']
}

const uint32Max = 2 ** 32 - 1

/** Makes the draft of a record: its envelope, its claims, and how far its sender is believed. */
export function makeDraft(received: Received, reception: Reception): Draft {
  const { telemetry } = received
  const record = envelopeRecord(received, reception)
  const attributes = fillClaims(record, telemetry)
  record.channel = channelOf(reception.exporter, record)
  return {
    record,
    attributes,
    resource: telemetry.resource,
    events: telemetry.events,
    links: received.links,
  }
}

function envelopeRecord({ envelope, group }: Received, reception: Reception): LedgerRecord {
  const serviceName = group.resource.attributes.get('service.name')
  const droppedCount = (envelope.droppedCount ?? 0) + group.resource.droppedCount
  return {
    ...blankRecord(),
    ...envelope,
    droppedCount: Math.min(Math.max(droppedCount, 0), uint32Max),
    tenant: reception.exporter.tenant,
    exporter: reception.exporter.name,
    receivedUnixNs: reception.receivedUnixNs,
    serviceName: typeof serviceName === 'string' ? serviceName : '',
    scopeName: group.scope.name,
    scopeVersion: group.scope.version,
  }
}
