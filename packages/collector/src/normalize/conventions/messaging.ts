import type { RecordKind } from '@whodid/model'
import type { Attributes } from '../../otlp/batch.ts'
import { firstText } from './telemetry.ts'
import type { Convention, Claims, Telemetry } from './telemetry.ts'

const clientKind = 3
const producerKind = 4

/** The sender's operation on a message, by `messaging.operation.type` or its older name. */
const sendings: ReadonlySet<string> = new Set(['send', 'publish'])

/** A message as its sender saw it. To receive or to process one is no act upon the broker. */
export const messaging: Convention = {
  name: 'messaging',
  speaks: ({ attributes }) => attributes.has('messaging.system'),
  ofAgent: () => false,
  kind: (telemetry) => (isSending(telemetry) ? 'action' : ''),
  read: readMessaging,
}

function isSending({ kind, attributes }: Telemetry): boolean {
  if (kind !== clientKind && kind !== producerKind) return false
  const operation = operationOf(attributes)
  return operation === '' ? kind === producerKind : sendings.has(operation)
}

function readMessaging(telemetry: Telemetry, kind: RecordKind): Claims {
  if ((kind !== 'action' && kind !== 'tool_call') || !isSending(telemetry)) return {}
  const { attributes } = telemetry
  const system = firstText(attributes, ['messaging.system'])
  const destination = firstText(attributes, ['messaging.destination.name', 'messaging.destination'])
  return {
    verb: 'send',
    resourceId: destination === '' ? '' : `messaging:destination:${system}/${destination}`,
  }
}

function operationOf(attributes: Attributes): string {
  return firstText(attributes, ['messaging.operation.type', 'messaging.operation']).toLowerCase()
}
