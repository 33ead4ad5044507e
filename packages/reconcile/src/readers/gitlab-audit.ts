import { marksOfAuthor } from '../event/agent-marks.ts'
import { importedEvent } from '../event/imported-event.ts'
import type { ImportedEvent } from '../event/imported-event.ts'
import { firstText, readTime, textAt, valueAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'
import { verbOf } from '../event/verb-class.ts'

/** Reads an audit event of GitLab (its API or its stream). It names no agent: a token of a person looks like the person. */
export function readGitlabAudit(event: JsonObject): ImportedEvent {
  const operation = firstText(
    textAt(event, 'event_type'),
    textAt(event, 'details', 'event_name'),
    textAt(event, 'event_name'),
  )
  const author = firstText(
    textAt(event, 'details', 'author_email'),
    textAt(event, 'details', 'author_name'),
    textAt(event, 'author_name'),
  )
  const entity = textAt(event, 'entity_type').toLowerCase()
  const path = firstText(textAt(event, 'details', 'entity_path'), textAt(event, 'entity_path'))
  const bot = marksOfAuthor(textAt(event, 'details', 'author_name'), 'author_name')
  return importedEvent({
    id: textAt(event, 'id'),
    atUnixNs: readTime(valueAt(event, 'created_at'), 'created_at'),
    system: 'gitlab',
    operation,
    verb: verbOf(operation),
    outcome: 'success',
    resource:
      path === '' ? '' : `gitlab:${entity === '' ? 'object' : entity}:${path.toLowerCase()}`,
    person: bot.length > 0 ? '' : author,
    principal: bot.length > 0 ? author : '',
    marks: bot,
  })
}
