import type { LedgerRecord } from '@whodid/model'
import type { IngestClient } from './ingest-clients.ts'

/**
 * Completes a record whose sender is one launched instance: what the record leaves open, or has only by a rule, is the agent that the
 * credential names. A record that itself names somebody else stays as it is, and is not entitled.
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
  // What a rule made of a framework's name for its run stays among the attributes: the credential says better who it is.
  if (record.instanceId === '' || record.instanceRule !== '') {
    record.instanceId = instance
    record.instanceRule = ''
  }
}

/** True when an ID is that of an instance, or of one below it: `<instance>/<anything>`. */
export function isOwnInstance(instance: string, id: string): boolean {
  return id === instance || id.startsWith(`${instance}/`)
}
