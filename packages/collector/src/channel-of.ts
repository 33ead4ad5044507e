import { hintRules } from '@whodid/model'
import type { Channel, LedgerRecord } from '@whodid/model'
import type { Exporter } from './exporter.ts'

/** How an exporter stands to what a record claims; see {@link Channel}. */
export function channelOf(
  exporter: Exporter,
  record: Pick<
    LedgerRecord,
    'actorType' | 'templateId' | 'instanceId' | 'templateRule' | 'instanceRule'
  >,
): Channel {
  const { templates } = exporter
  if (templates === null) return 'unbound'
  switch (record.actorType) {
    case 'human':
      return exporter.humans ? 'entitled' : 'unentitled'
    case 'service':
      return exporter.services ? 'entitled' : 'unentitled'
    case '':
      return templates === '*' ? 'entitled' : 'unbound'
    case 'agent':
      if (templates === '*') return 'entitled'
      // Naming neither, it claims nothing that the token could be held against; an instance alone could be anybody's.
      if (
        isUnclaimed(record.templateId, record.templateRule) &&
        isUnclaimed(record.instanceId, record.instanceRule)
      )
        return 'unbound'
      return templates.includes(record.templateId) ? 'entitled' : 'unentitled'
  }
}

/** Whether it is absent or only hinted at. */
function isUnclaimed(id: string, rule: string): boolean {
  return id === '' || hintRules.has(rule)
}
