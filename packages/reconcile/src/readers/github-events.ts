import { normalizeResource } from '@whodid/model'
import { marksOfAuthor } from '../event/agent-marks.ts'
import { readCarried, readTrailers } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, listAt, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { classOf, verbOf } from '../event/verb-class.ts'

/**
 * Reads an event of GitHub's events API. It names the account whose token was used, and no agent: an agent that acts with a person's
 * token looks like the person. The newest commit of a push may carry trailers.
 */
export function readGithubEvent(event: JsonObject): ImportedEvent {
  const type = textAt(event, 'type')
  const action = textAt(event, 'payload', 'action')
  const actor = textAt(event, 'actor', 'login')
  const isBot = actor.endsWith('[bot]')
  const message = textAt(listAt(event, 'payload', 'commits').at(-1), 'message')
  return importedEvent({
    id: textAt(event, 'id'),
    atUnixNs: readTime(valueAt(event, 'created_at'), 'created_at'),
    system: 'github',
    operation: action === '' ? type : `${type}.${action}`,
    verb: action === '' ? verbOf(type.replace(/Event$/u, '')) : classOf(action),
    outcome: 'success',
    resource: resourceOf(event),
    person: isBot ? '' : actor,
    principal: isBot ? actor : '',
    marks: isBot ? marksOfAuthor(actor, 'actor.login') : [],
    carried: { ...nothingCarried, ...readCarried(readTrailers(message)) },
  })
}

function resourceOf(event: JsonObject): string {
  const url = firstText(
    textAt(event, 'payload', 'pull_request', 'url'),
    textAt(event, 'payload', 'issue', 'url'),
  )
  if (url !== '') return normalizeResource(url).id
  const repository = textAt(event, 'repo', 'name').toLowerCase()
  const head = textAt(event, 'payload', 'head')
  if (head !== '') return `github:commit:${repository}/${head}`
  return repository === '' ? '' : `github:repo:${repository}`
}
