import { hintRules } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { Attributes, OtlpEvent, OtlpLink, OtlpSource } from '../otlp/batch.ts'
import { withoutSealMarks } from '../seals/seal-attributes.ts'
import type { SealMark, SealView } from '../seals/seal-view.ts'
import { bindToInstance } from '../senders/bind-instance.ts'
import { channelOf, mayHintAt } from '../senders/channel-of.ts'
import type { IngestClient } from '../senders/ingest-clients.ts'
import type { Telemetry } from './conventions/telemetry.ts'
import { fillClaims } from './fill-claims.ts'

/** A record in the making: its columns, and the parts that become JSON once they are redacted and cut to their bounds. */
export interface Draft {
  /** The four JSON texts are still ''. */
  readonly record: LedgerRecord
  readonly attributes: Attributes
  readonly resource: Attributes
  readonly events: readonly OtlpEvent[]
  readonly links: readonly OtlpLink[]
  /** The collector's finding about its seal, or the token that it names; undefined where it has neither. */
  readonly mark?: SealMark | undefined
}

/** The facts that hold for a whole request. */
export interface RequestContext {
  readonly client: IngestClient
  readonly receivedUnixNs: bigint
  /** The request's seals. Default: none are looked at. */
  readonly seals?: SealView | undefined
}

/** One span or log record, as the conventions read it and as its envelope. */
export interface Received {
  readonly telemetry: Telemetry
  /** Blank but for the fields that the span or log record states outside its attributes. */
  readonly envelope: LedgerRecord
  readonly group: Pick<OtlpSource<unknown>, 'resource' | 'scope'>
  readonly links: Draft['links']
}

const uint32Max = 2 ** 32 - 1

/** Makes the draft of a record, of its envelope: its claims, and the channel of its sender. */
export function makeDraft(received: Received, context: RequestContext): Draft {
  const { telemetry } = received
  const record = received.envelope
  fillEnvelope(received, context)
  const attributes = withoutSealMarks(fillClaims(record, telemetry), record)
  dropHint(record, context.client)
  bindToInstance(record, context.client)
  record.channel = channelOf(context.client, record)
  return {
    record,
    attributes,
    resource: telemetry.resource,
    events: telemetry.events,
    links: received.links,
  }
}

/** Removes a hint that the token may not claim: unlike a claim, it cannot be kept as refused. */
function dropHint(record: LedgerRecord, client: IngestClient): void {
  if (!hintRules.has(record.templateRule) || mayHintAt(client, record.templateId)) return
  record.templateId = ''
  record.templateRule = ''
}

function fillEnvelope(
  { envelope, group }: Received,
  { client, receivedUnixNs }: RequestContext,
): void {
  const serviceName = group.resource.attributes.get('service.name')
  const droppedCount =
    envelope.droppedCount + group.resource.droppedCount + group.scope.droppedCount
  envelope.droppedCount = Math.min(Math.max(droppedCount, 0), uint32Max)
  envelope.tenant = client.tenant
  envelope.exporter = client.name
  envelope.receivedUnixNs = receivedUnixNs
  envelope.serviceName = typeof serviceName === 'string' ? serviceName : ''
  envelope.scopeName = group.scope.name
  envelope.scopeVersion = group.scope.version
}
