import { marksOfUserAgent, statedMark } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/** Reads an event of Okta's System Log. An actor of a type that names an agent or a workload is Okta's own statement. */
export function readOktaSystemLog(event: JsonObject): ImportedEvent {
  const actor = valueAt(event, 'actor')
  const type = textAt(actor, 'type')
  const isPerson = type === 'User'
  const name = firstText(textAt(actor, 'alternateId'), textAt(actor, 'displayName'))
  const operation = textAt(event, 'eventType')
  const [target] = listAt(event, 'target')
  const targetId = textAt(target, 'id')
  return importedEvent({
    id: textAt(event, 'uuid'),
    atUnixNs: readTime(valueAt(event, 'published'), 'published'),
    system: 'okta',
    operation,
    verb: verbOf(operation),
    outcome: outcomeOf(textAt(event, 'outcome', 'result')),
    resource: targetId === '' ? '' : `okta:${textAt(target, 'type').toLowerCase()}:${targetId}`,
    person: isPerson ? name : '',
    principal: isPerson ? '' : name,
    credential: firstText(
      textAt(event, 'debugContext', 'debugData', 'tokenId'),
      textAt(event, 'authenticationContext', 'externalSessionId'),
    ),
    marks: [
      ...(/agent|workload/iu.test(type) ? statedMark('actor.type', type) : []),
      ...marksOfUserAgent(textAt(event, 'client', 'userAgent', 'rawUserAgent'), 'userAgent'),
    ],
  })
}

function outcomeOf(result: string): ImportedEvent['outcome'] {
  if (result === 'SUCCESS' || result === 'ALLOW') return 'success'
  if (result === 'DENY') return 'denied'
  return result === 'FAILURE' ? 'failure' : ''
}
