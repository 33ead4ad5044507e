import { hintRules } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import { channelOf, mayHintAt } from './channel-of.ts'
import type { Telemetry } from './conventions/telemetry.ts'
import type { Draft } from './draft.ts'
import type { Exporter } from './exporter.ts'
import { fillClaims } from './fill-claims.ts'
import type { OtlpSource } from './otlp/batch.ts'

/** What is true of a whole request. */
export interface Reception {
  readonly exporter: Exporter
  readonly receivedUnixNs: bigint
}

/** One span or log record, seen in both ways. */
export interface Received {
  readonly telemetry: Telemetry
  /** Blank but for what the span or log record says outside its attributes. */
  readonly envelope: LedgerRecord
  readonly group: Pick<OtlpSource<unknown>, 'resource' | 'scope'>
  readonly links: Draft['links']
}

const uint32Max = 2 ** 32 - 1

/** Makes the draft of a record, of its envelope: its claims, and how far its sender is believed. */
export function makeDraft(received: Received, reception: Reception): Draft {
  const { telemetry } = received
  const record = received.envelope
  fillEnvelope(received, reception)
  const attributes = fillClaims(record, telemetry)
  dropHint(record, reception.exporter)
  record.channel = channelOf(reception.exporter, record)
  return {
    record,
    attributes,
    resource: telemetry.resource,
    events: telemetry.events,
    links: received.links,
  }
}

/** A hint is no claim that could be refused: where the token may not make the claim, the hint is not taken either. */
function dropHint(record: LedgerRecord, exporter: Exporter): void {
  if (!hintRules.has(record.templateRule) || mayHintAt(exporter, record.templateId)) return
  record.templateId = ''
  record.templateRule = ''
}

function fillEnvelope(
  { envelope, group }: Received,
  { exporter, receivedUnixNs }: Reception,
): void {
  const serviceName = group.resource.attributes.get('service.name')
  const droppedCount =
    envelope.droppedCount + group.resource.droppedCount + group.scope.droppedCount
  envelope.droppedCount = Math.min(Math.max(droppedCount, 0), uint32Max)
  envelope.tenant = exporter.tenant
  envelope.exporter = exporter.name
  envelope.receivedUnixNs = receivedUnixNs
  envelope.serviceName = typeof serviceName === 'string' ? serviceName : ''
  envelope.scopeName = group.scope.name
  envelope.scopeVersion = group.scope.version
}
