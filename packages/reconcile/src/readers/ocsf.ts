import { marksOfUserAgent, statedMark } from '../event/agent-marks.ts'
import { readTraceParent } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/** Verbs of the class API Activity, by `activity_id`. */
const verbOfActivity: ReadonlyMap<string, string> = new Map([
  ['1', 'create'],
  ['2', 'read'],
  ['3', 'update'],
  ['4', 'delete'],
])

/**
 * Reads an event of the Open Cybersecurity Schema Framework. `ai_operation.ai_agent` is its producer's statement that an agent acted,
 * with the running instance in `instance_uid`.
 */
export function readOcsf(event: JsonObject): ImportedEvent {
  const actor = valueAt(event, 'actor')
  const agent = valueAt(event, 'ai_operation', 'ai_agent')
  const operation = firstText(
    textAt(event, 'api', 'operation'),
    textAt(event, 'activity_name'),
    textAt(event, 'class_name'),
  )
  const isApi = textAt(event, 'class_uid') === '6003'
  const instance = textAt(agent, 'instance_uid')
  return importedEvent({
    id: textAt(event, 'metadata', 'uid'),
    atUnixNs: readTime(valueAt(event, 'time') ?? valueAt(event, 'time_dt'), 'time'),
    system: firstText(textAt(event, 'metadata', 'product', 'name'), 'ocsf').toLowerCase(),
    operation,
    verb:
      (isApi ? verbOfActivity.get(textAt(event, 'activity_id')) : undefined) ?? verbOf(operation),
    outcome: outcomeOf(textAt(event, 'status_id')),
    resource: firstText(...listAt(event, 'resources').map((one) => textAt(one, 'uid'))),
    person: firstText(
      textAt(actor, 'user', 'email_addr'),
      textAt(actor, 'user', 'name'),
      textAt(actor, 'user', 'uid'),
    ),
    principal: textAt(actor, 'invoked_by'),
    credential: firstText(textAt(actor, 'user', 'credential_uid'), textAt(actor, 'session', 'uid')),
    marks: [
      ...statedMark('ai_agent', firstText(textAt(agent, 'uid'), textAt(agent, 'name'), instance)),
      ...marksOfUserAgent(textAt(event, 'http_request', 'user_agent'), 'http_request.user_agent'),
    ],
    carried: {
      ...nothingCarried,
      ...readTraceParent(
        `00-${textAt(event, 'trace', 'uid')}-${textAt(event, 'trace', 'span', 'uid')}-01`,
      ),
      instance,
      template: textAt(agent, 'uid'),
    },
  })
}

function outcomeOf(status: string): ImportedEvent['outcome'] {
  if (status === '1') return 'success'
  return status === '2' ? 'failure' : ''
}
