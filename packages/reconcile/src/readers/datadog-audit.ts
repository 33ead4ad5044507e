import { marksOfUserAgent, statedMark } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/**
 * Reads an event of Datadog's Audit Trail. A call through its MCP server (`is_mcp_call`) and an actor in the mode of an agent are
 * Datadog's own statements; the delegator is the person behind it.
 */
export function readDatadogAudit(event: JsonObject): ImportedEvent {
  const attributes =
    valueAt(event, 'attributes', 'attributes') ?? valueAt(event, 'attributes') ?? event
  const actor = valueAt(attributes, 'evt', 'actor')
  const delegator = valueAt(attributes, 'delegator')
  const mode = textAt(actor, 'mode')
  const isMcp = valueAt(attributes, 'is_mcp_call') === true
  const user = firstText(
    textAt(delegator, 'email'),
    textAt(attributes, 'usr', 'email'),
    textAt(attributes, 'usr', 'id'),
  )
  const operation = firstText(textAt(attributes, 'action'), textAt(attributes, 'evt', 'name'))
  const asset = valueAt(attributes, 'asset')
  return importedEvent({
    id: firstText(textAt(event, 'id'), textAt(attributes, 'evt', 'id')),
    atUnixNs: readTime(
      valueAt(event, 'attributes', 'timestamp') ?? valueAt(attributes, 'timestamp'),
      'timestamp',
    ),
    system: 'datadog',
    operation,
    verb: verbOf(operation),
    outcome: textAt(attributes, 'status') === 'error' ? 'failure' : 'success',
    resource:
      textAt(asset, 'id') === '' ? '' : `datadog:${textAt(asset, 'type')}:${textAt(asset, 'id')}`,
    person: user,
    principal: textAt(actor, 'type') === 'USER' ? '' : textAt(actor, 'type'),
    credential: textAt(attributes, 'metadata', 'api_key', 'id'),
    marks: [
      ...(/agent/iu.test(mode) ? statedMark('evt.actor.mode', mode) : []),
      ...(isMcp ? statedMark('is_mcp_call', 'true') : []),
      ...marksOfUserAgent(textAt(attributes, 'http', 'useragent'), 'http.useragent'),
    ],
  })
}
