import { marksOfUserAgent } from '../event/agent-marks.ts'
import { credentialName } from '../event/credential-name.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { AgentMark, ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/**
 * Reads a record of CloudTrail. It knows no agents: the session's name and the source identity are what whoever assumed the role wrote,
 * and a source identity stays through role chains. `onBehalfOf` names the person of IAM Identity Center.
 */
export function readCloudTrail(record: JsonObject): ImportedEvent {
  const identity = valueAt(record, 'userIdentity')
  const operation = textAt(record, 'eventName')
  const source = textAt(record, 'eventSource')
  const error = textAt(record, 'errorCode')
  const isRead = valueAt(record, 'readOnly') === true
  const isPerson = ['IAMUser', 'Root', 'IdentityCenterUser'].includes(textAt(identity, 'type'))
  const sourceIdentity = textAt(identity, 'sessionContext', 'sourceIdentity')
  return importedEvent({
    id: textAt(record, 'eventID'),
    atUnixNs: readTime(valueAt(record, 'eventTime'), 'eventTime'),
    system: 'aws',
    operation: `${source.replace(/\.amazonaws\.com$/u, '')}:${operation}`,
    verb: isRead ? 'read' : verbOf(operation),
    outcome: error === '' ? 'success' : isDenied(error) ? 'denied' : 'failure',
    resource: resourceOf(record, source),
    person: firstText(
      textAt(identity, 'onBehalfOf', 'userId'),
      isPerson ? textAt(identity, 'userName') : '',
      sourceIdentity.includes('@') ? sourceIdentity : '',
    ),
    principal: isPerson ? '' : textAt(identity, 'arn'),
    credential: credentialName(textAt(identity, 'accessKeyId')),
    marks: [
      ...marksOfUserAgent(textAt(record, 'userAgent'), 'userAgent'),
      ...marksOfSession(textAt(identity, 'arn')),
    ],
  })
}

function isDenied(error: string): boolean {
  return /AccessDenied|UnauthorizedOperation|Unauthorized|Forbidden/u.test(error)
}

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`: the session's name is chosen by the client. */
function marksOfSession(arn: string): readonly AgentMark[] {
  const session = arn.includes(':assumed-role/') ? (arn.split('/')[2] ?? '') : ''
  const marks = marksOfUserAgent(session.replaceAll('@', ' '), 'roleSessionName')
  return marks.map((mark) => ({ ...mark, value: session }))
}

function resourceOf(record: JsonObject, source: string): string {
  const parameters = valueAt(record, 'requestParameters')
  const bucket = textAt(parameters, 'bucketName')
  const key = textAt(parameters, 'key')
  if (source === 's3.amazonaws.com' && bucket !== '')
    return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`
  const [first] = listAt(record, 'resources')
  return firstText(textAt(first, 'ARN'), textAt(first, 'arn'))
}
