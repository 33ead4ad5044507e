import { hintRules } from '@whodid/model'
import type { LedgerRecord } from '@whodid/model'
import type { IngestClient } from './ingest-clients.ts'

/**
 * Completes a record whose sender is one launched instance: what the record leaves open, or has only by a rule, is the agent that the
 * credential names. A run that a framework names becomes an instance below it. A record that itself names somebody else stays as
 * it is, and is not entitled.
 *
 * Nothing of such a sender is left without an actor, so that none of it can inherit another instance's claims from the span above.
 */
export function bindToInstance(record: LedgerRecord, { templates, instance }: IngestClient): void {
  if (instance === undefined || !Array.isArray(templates)) return
  if (record.actorType === 'human' || record.actorType === 'service') return
  record.actorType = 'agent'
  if (record.templateId === '' || record.templateRule !== '') {
    record.templateId = String(templates[0] ?? '')
    record.templateRule = ''
  }
  if (record.instanceId === '' || hintRules.has(record.instanceRule)) {
    record.instanceId = instance
    record.instanceRule = ''
  } else if (record.instanceRule !== '' && !isOwnInstance(instance, record.instanceId)) {
    record.instanceId = `${instance}/${record.instanceId}`
    if (record.instanceParentId === '') record.instanceParentId = instance
  }
}

/** True when an ID is that of an instance, or of one below it: `<instance>/<anything>`. */
export function isOwnInstance(instance: string, id: string): boolean {
  return id === instance || id.startsWith(`${instance}/`)
}
