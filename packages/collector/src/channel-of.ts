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
      // It says nothing of who acted, and whoever it stands under is not asked: only who may speak for everybody, or is
      // known to stand under everybody, can be believed in that.
      return speaksForAll(exporter) || exporter.infrastructure === true ? 'entitled' : 'unbound'
    case 'agent':
      if (templates === '*' || templates.includes(record.templateId)) return 'entitled'
      // Naming neither, it claims nothing that the token could be held against; an instance alone could be anybody's.
      if (
        isUnclaimed(record.templateId, record.templateRule) &&
        isUnclaimed(record.instanceId, record.instanceRule)
      )
        return 'unbound'
      return 'unentitled'
  }
}

function speaksForAll({ templates, humans, services }: Exporter): boolean {
  return templates === '*' && humans && services
}

/**
 * Whether a template that is only hinted at may stand on the exporter's records. A token that is bound to some templates
 * names no other one by a service's name either.
 */
export function mayHintAt({ templates }: Exporter, template: string): boolean {
  return templates === null || templates === '*' || templates.includes(template)
}

/** Whether it is absent or only hinted at. */
function isUnclaimed(id: string, rule: string): boolean {
  return id === '' || hintRules.has(rule)
}
