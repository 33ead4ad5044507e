import { normalizeResource } from '@whodid/model'
import { marksOfAuthor } from '../event/agent-marks.ts'
import { readCarried, readTrailers } from '../event/carried-ids.ts'
import { importedEvent, nothingCarried } from '../event/imported-event.ts'
import type { AgentMark, ImportedEvent } from '../event/imported-event.ts'
import { readTime, textAt } from '../event/json-fields.ts'
import type { JsonObject } from '../event/json-fields.ts'

/**
 * Reads a commit: an object with `commit`, `author`, `date`, `message` and, where it is known, `repository` (`acme/app`), as
 * `git log` prints it with a format ([how](docs/howto/reconcile.md)). The trailers of Whodid lead to a record; `Co-authored-by` and
 * the author may be an agent's. Whoever commits writes both.
 */
export function readGitLog(commit: JsonObject): ImportedEvent {
  const trailers = readTrailers(textAt(commit, 'message'))
  const carried = { ...nothingCarried, ...readCarried(trailers) }
  const author = textAt(commit, 'author')
  const byAgent = marksOfAuthor(author, 'author')
  const repository = textAt(commit, 'repository')
  const hash = textAt(commit, 'commit').toLowerCase()
  return importedEvent({
    id: hash,
    atUnixNs: readTime(textAt(commit, 'date'), 'date'),
    system: 'git',
    operation: 'commit',
    verb: 'create',
    outcome: 'success',
    resource: repository === '' ? `git:commit:${hash}` : commitOf(repository, hash),
    person: byAgent.length > 0 ? carried.delegator : addressOf(author),
    principal: byAgent.length > 0 ? addressOf(author) : '',
    marks: [...byAgent, ...marksOfTrailers(trailers)],
    carried,
  })
}

function commitOf(repository: string, hash: string): string {
  return repository.includes('://')
    ? normalizeResource(`${repository}/commit/${hash}`).id
    : `github:commit:${repository.toLowerCase()}/${hash}`
}

function marksOfTrailers(trailers: readonly (readonly [string, string])[]): readonly AgentMark[] {
  return trailers.flatMap(([key, value]): readonly AgentMark[] => {
    const name = key.toLowerCase()
    if (name === 'whodid-instance' || name === 'whodid-template')
      return [{ by: 'client', field: name, value }]
    if (name === 'generated-by' || name === 'assisted-by')
      return [{ by: 'client', field: name, value }]
    return name === 'co-authored-by' ? marksOfAuthor(value, name) : []
  })
}

/** The address of `Name <address>`; the whole where there is none. */
function addressOf(author: string): string {
  const start = author.indexOf('<')
  const end = author.indexOf('>', start)
  return start < 0 || end < 0 ? author.trim() : author.slice(start + 1, end)
}
