import { marksOfUserAgent, statedMark } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'

/**
 * Reads a sign-in of Microsoft Entra, as Microsoft Graph or the export of the portal gives it. `agent.agentType` other than
 * `notAgentic` is Entra's own statement that an agent's identity signed in. The event is the sign-in; what the token did is elsewhere.
 */
export function readEntraSignIn(event: JsonObject): ImportedEvent {
  const properties = valueAt(event, 'properties') ?? event
  const agent = valueAt(properties, 'agent')
  const agentType = textAt(agent, 'agentType')
  const isAgent = agentType !== '' && agentType.toLowerCase() !== 'notagentic'
  const error = textAt(properties, 'status', 'errorCode')
  const application = firstText(
    textAt(properties, 'resourceDisplayName'),
    textAt(properties, 'appDisplayName'),
  )
  return importedEvent({
    id: textAt(properties, 'id'),
    atUnixNs: readTime(
      valueAt(properties, 'createdDateTime') ?? valueAt(event, 'time'),
      'createdDateTime',
    ),
    system: 'entra',
    operation: 'sign_in',
    verb: 'execute',
    outcome: error === '' || error === '0' ? 'success' : 'failure',
    resource: application === '' ? '' : `entra:app:${application}`,
    person: textAt(properties, 'userPrincipalName'),
    principal: firstText(
      textAt(properties, 'servicePrincipalName'),
      textAt(properties, 'appDisplayName'),
    ),
    credential: textAt(properties, 'uniqueTokenIdentifier'),
    marks: [
      ...(isAgent
        ? statedMark(
            'agentType',
            firstText(textAt(agent, 'parentAppId'), textAt(agent, 'blueprintId'), agentType),
          )
        : []),
      ...marksOfUserAgent(textAt(properties, 'userAgent'), 'userAgent'),
    ],
  })
}
