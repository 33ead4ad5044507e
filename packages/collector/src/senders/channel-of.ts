import { hintRules } from '@whodid/model'
import type { Channel, LedgerRecord } from '@whodid/model'
import { isOwnInstance } from './bind-instance.ts'
import type { IngestClient } from './ingest-clients.ts'

/** Returns the right of an ingest client to the claims of a record; see {@link Channel}. */
export function channelOf(
  client: IngestClient,
  record: Pick<
    LedgerRecord,
    'actorType' | 'templateId' | 'instanceId' | 'templateRule' | 'instanceRule'
  >,
): Channel {
  const { templates, imports } = client
  if (imports === true) return 'imported'
  if (templates === null) return 'unbound'
  switch (record.actorType) {
    case 'human':
      return client.humans ? 'entitled' : 'unentitled'
    case 'service':
      return client.services ? 'entitled' : 'unentitled'
    case '':
      // It names no actor, and the records above it are not consulted: only a client that may speak for everybody, or is
      // infrastructure, is entitled to that.
      return speaksForAll(client) || client.infrastructure === true ? 'entitled' : 'unbound'
    case 'agent':
      return channelOfAgent(client, templates, record)
  }
}

function channelOfAgent(
  { instance }: IngestClient,
  templates: readonly string[] | '*',
  record: Omit<Parameters<typeof channelOf>[1], 'actorType'>,
): Channel {
  if (instance !== undefined && !isOwnInstance(instance, record.instanceId)) return 'unentitled'
  if (templates === '*' || templates.includes(record.templateId)) return 'entitled'
  // A record that names neither has no claim to check against the token; an instance alone could be anybody's.
  const isNameless =
    isUnclaimed(record.templateId, record.templateRule) &&
    isUnclaimed(record.instanceId, record.instanceRule)
  return isNameless ? 'unbound' : 'unentitled'
}

function speaksForAll({ templates, humans, services }: IngestClient): boolean {
  return templates === '*' && humans && services
}

/**
 * True when a template that is only hinted at may stand on the client's records. A token that is bound to some templates
 * names no other one by a service's name either.
 */
export function mayHintAt({ templates }: IngestClient, template: string): boolean {
  return templates === null || templates === '*' || templates.includes(template)
}

/** True when it is absent or only hinted at. */
function isUnclaimed(id: string, rule: string): boolean {
  return id === '' || hintRules.has(rule)
}
