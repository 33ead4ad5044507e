import { marksOfUserAgent } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { classOf } from '../event/verb-class.ts'

/**
 * Reads an event of Kubernetes' audit log. Where a user was impersonated, that one's authority was used, and `user` acted. The ID of
 * a service account's token is its `jti`. The API server writes one event a stage: only the last tells the outcome.
 */
export function readKubernetesAudit(event: JsonObject): ImportedEvent {
  const user = textAt(event, 'user', 'username')
  const impersonated = textAt(event, 'impersonatedUser', 'username')
  const isAccount = user.startsWith('system:')
  const verb = textAt(event, 'verb')
  const code = Number(textAt(event, 'responseStatus', 'code'))
  const credential = textAt(
    listAt(event, 'user', 'extra', 'authentication.kubernetes.io/credential-id')[0],
  )
  return importedEvent({
    id: `${textAt(event, 'auditID')}/${textAt(event, 'stage')}`,
    atUnixNs: readTime(
      valueAt(event, 'stageTimestamp') ?? valueAt(event, 'requestReceivedTimestamp'),
      'stageTimestamp',
    ),
    system: 'kubernetes',
    operation: verb,
    verb: verb === 'deletecollection' ? 'delete' : classOf(verb),
    outcome: outcomeOf(code),
    resource: resourceOf(valueAt(event, 'objectRef')),
    person: firstText(impersonated, isAccount ? '' : user),
    principal: impersonated !== '' || isAccount ? user : '',
    credential: credential.replace(/^JTI=/u, ''),
    marks: marksOfUserAgent(textAt(event, 'userAgent'), 'userAgent'),
  })
}

function outcomeOf(code: number): ImportedEvent['outcome'] {
  if (!(code > 0)) return ''
  if (code === 401 || code === 403) return 'denied'
  return code < 400 ? 'success' : 'failure'
}

/** As a page of the API names the object, without the host, which the log does not have. */
function resourceOf(object: unknown): string {
  const kind = textAt(object, 'resource')
  if (kind === '') return ''
  const part = textAt(object, 'subresource')
  const path = [textAt(object, 'namespace'), textAt(object, 'name'), part].filter(
    (one) => one !== '',
  )
  return `k8s:${kind}:${path.join('/')}`
}
