import { normalizeResource } from '@whodid/model'
import { marksOfUserAgent, statedMark } from '../event/agent-marks.ts'
import { credentialNameOfHash } from '../event/credential-name.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/**
 * Reads an event of GitHub's audit log (its export, its stream or its API). `actor_is_agent` and `agent_session_id` are GitHub's own
 * statements; `user` is then the person who set the agent on. The hash of the token gives the name that the SDK gives the token.
 */
export function readGithubAudit(event: JsonObject): ImportedEvent {
  const isAgent = valueAt(event, 'actor_is_agent') === true
  const actor = textAt(event, 'actor')
  const isBot = actor.endsWith('[bot]')
  const operation = textAt(event, 'action')
  return importedEvent({
    id: textAt(event, '_document_id'),
    atUnixNs: readTime(valueAt(event, '@timestamp') ?? valueAt(event, 'created_at'), '@timestamp'),
    system: 'github',
    operation,
    verb: verbOf(operation),
    outcome: 'success',
    resource: resourceOf(event),
    person: isAgent || isBot ? textAt(event, 'user') : actor,
    principal: isAgent || isBot ? actor : '',
    credential: credentialNameOfHash(textAt(event, 'hashed_token')),
    marks: [
      ...(isAgent
        ? statedMark('actor_is_agent', firstText(textAt(event, 'agent_session_id'), actor, 'true'))
        : []),
      ...marksOfUserAgent(textAt(event, 'user_agent')),
    ],
  })
}

function resourceOf(event: JsonObject): string {
  const url = firstText(
    textAt(event, 'pull_request_url'),
    textAt(event, 'issue_url'),
    textAt(event, 'url'),
  )
  if (url !== '') return normalizeResource(url).id
  const repository = firstText(textAt(event, 'repo'), textAt(event, 'repository'))
  if (repository !== '') return `github:repo:${repository.toLowerCase()}`
  const organization = textAt(event, 'org')
  return organization === '' ? '' : `github:org:${organization.toLowerCase()}`
}
