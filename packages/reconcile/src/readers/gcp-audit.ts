import { marksOfUserAgent } from '../event/agent-marks.ts'
import { readTraceParent } from '../event/carried-ids.ts'
import { credentialName } from '../event/credential-name.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/**
 * Reads an entry of Google Cloud's audit logs. Where a service account acted for somebody, `serviceAccountDelegationInfo` names the
 * first of the chain. The trace of an entry is the service's own where the client sent none.
 */
export function readGcpAudit(entry: JsonObject): ImportedEvent {
  const payload = valueAt(entry, 'protoPayload')
  const authentication = valueAt(payload, 'authenticationInfo')
  const method = textAt(payload, 'methodName')
  const email = textAt(authentication, 'principalEmail')
  const [first] = listAt(authentication, 'serviceAccountDelegationInfo')
  const delegated = firstText(
    textAt(first, 'firstPartyPrincipal', 'principalEmail'),
    textAt(first, 'principalSubject').replace(/^user:/u, ''),
  )
  const isService = email.endsWith('.gserviceaccount.com')
  const code = textAt(payload, 'status', 'code')
  const trace = textAt(entry, 'trace').split('/').at(-1) ?? ''
  const span = textAt(entry, 'spanId')
  const name = textAt(payload, 'resourceName')
  return importedEvent({
    id: textAt(entry, 'insertId'),
    atUnixNs: readTime(valueAt(entry, 'timestamp'), 'timestamp'),
    system: 'gcp',
    operation: method,
    verb: verbOf(method),
    // google.rpc.Code: 7 PERMISSION_DENIED, 16 UNAUTHENTICATED.
    outcome:
      code === '' || code === '0'
        ? 'success'
        : code === '7' || code === '16'
          ? 'denied'
          : 'failure',
    resource:
      name === '' ? '' : `gcp:${textAt(payload, 'serviceName').split('.')[0] ?? ''}:${name}`,
    person: isService ? delegated : email,
    principal: isService ? email : '',
    credential: credentialName(textAt(authentication, 'serviceAccountKeyName')),
    marks: marksOfUserAgent(
      textAt(payload, 'requestMetadata', 'callerSuppliedUserAgent'),
      'callerSuppliedUserAgent',
    ),
    carried: { ...nothingCarried, ...readTraceParent(`00-${trace}-${span}-01`) },
  })
}
