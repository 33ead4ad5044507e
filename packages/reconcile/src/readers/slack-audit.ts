import { marksOfUserAgent } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/** Reads an entry of Slack's Audit Logs API. */
export function readSlackAudit(entry: JsonObject): ImportedEvent {
  const operation = textAt(entry, 'action')
  const user = valueAt(entry, 'actor', 'user')
  const type = textAt(entry, 'entity', 'type')
  const target = textAt(entry, 'entity', type, 'id')
  const workspace = textAt(entry, 'context', 'location', 'id')
  return importedEvent({
    id: textAt(entry, 'id'),
    atUnixNs: readTime(valueAt(entry, 'date_create'), 'date_create'),
    system: 'slack',
    operation,
    verb: verbOf(operation),
    outcome: 'success',
    resource:
      target === ''
        ? ''
        : type === 'channel'
          ? `slack:channel:${target}`
          : `slack:${type}:${workspace}/${target}`,
    person: firstText(textAt(user, 'email'), textAt(user, 'name')),
    credential: textAt(entry, 'context', 'session_id'),
    marks: marksOfUserAgent(textAt(entry, 'context', 'ua'), 'context.ua'),
  })
}
