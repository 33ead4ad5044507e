import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/** Reads an event of Azure's activity log. `uti` is the ID of the token that was used; `idtyp` says if an application acted for itself. */
export function readAzureActivity(event: JsonObject): ImportedEvent {
  const operation = firstText(
    textAt(event, 'operationName', 'value'),
    textAt(event, 'operationName'),
  )
  const claims = valueAt(event, 'claims') ?? valueAt(event, 'identity', 'claims')
  const caller = textAt(event, 'caller')
  const isPerson = caller.includes('@')
  const status = firstText(
    textAt(event, 'status', 'value'),
    textAt(event, 'resultType'),
    textAt(event, 'status'),
  ).toLowerCase()
  const resource = firstText(textAt(event, 'resourceId'), textAt(event, 'resourceID'))
  const code = firstText(textAt(event, 'subStatus', 'value'), textAt(event, 'resultSignature'))
  return importedEvent({
    id: firstText(textAt(event, 'eventDataId'), textAt(event, 'correlationId')),
    atUnixNs: readTime(
      valueAt(event, 'eventTimestamp') ?? valueAt(event, 'time'),
      'eventTimestamp',
    ),
    system: 'azure',
    operation,
    verb: verbOf(operation.replace(/\/action$/iu, '')),
    outcome: outcomeOf(status, code),
    resource: resource === '' ? '' : `azure:resource:${resource.replace(/^\//u, '').toLowerCase()}`,
    person: isPerson ? caller : '',
    principal: isPerson ? '' : firstText(textAt(claims, 'appid'), caller),
    credential: textAt(claims, 'uti'),
  })
}

function outcomeOf(status: string, code: string): ImportedEvent['outcome'] {
  if (status.startsWith('succe')) return 'success'
  if (!status.startsWith('fail')) return ''
  return /Forbidden|Unauthorized|AuthorizationFailed/iu.test(code) ? 'denied' : 'failure'
}
